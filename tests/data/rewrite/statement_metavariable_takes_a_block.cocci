@@
statement S;
@@
  begin();
- S

@@
statement S, T;
identifier f;
@@
  f(...) {
    ... when != T
+   first();
    S
    ...
  }
