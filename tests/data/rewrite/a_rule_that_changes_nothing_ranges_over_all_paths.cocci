@ whole @
identifier f, pos;
@@
  int f(int *pos) {
    ... when != pos
  }

@@
identifier whole.f;
@@
- f
+ posless
  (...) { ... }
