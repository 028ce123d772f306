@@
statement S, T;
@@
  if (...) S
  else
-   T
+   other();
+ later();
