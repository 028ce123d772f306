@@
@@
- unsigned
  long

@@
type T;
identifier x;
@@
- unsigned T x = 0;
+ T x = 0;
