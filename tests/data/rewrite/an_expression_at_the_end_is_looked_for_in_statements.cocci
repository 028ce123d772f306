@@
expression x;
@@
  lock(x);
  ...
- x
+ held(x)
