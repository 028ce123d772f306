@@
identifier a, b;
@@
- a();
- b();

@@
expression x;
@@
- wrap(
+ wrap_in(
  x
- )
+ , 1)
