@@
expression x;
@@
  take(x);
  ...
- put(x);
+ release(x);
