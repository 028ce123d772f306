@@
typedef Old_Thing;
@@
- Old_Thing
+ struct thing

@@
type T;
identifier x, y;
@@
+ T y;
  int x;
- T y;
