@@
expression list E;
@@
  f(
- E,
+ 0,
  last)
