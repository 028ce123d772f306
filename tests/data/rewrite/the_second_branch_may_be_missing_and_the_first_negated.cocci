@@
expression e;
statement S;
@@
  if (e < 8) {
    ...
-   low(e);
+   lower(e);
    ...
  } else S
