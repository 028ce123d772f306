@@
expression x;
@@
  take(x);
  ... when != use(x)
- put(x);
