@@
identifier f;
parameter list[n = {2 ... 3, 5}] P;
@@
- f(P)
+ counted(P)
  { ... }
