@@
identifier x, y;
constant c;
statement S;
@@
+ x = y;
  if (
- (x = y)
+ x
  - c) S
