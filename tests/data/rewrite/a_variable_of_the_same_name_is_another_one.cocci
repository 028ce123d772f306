@@
expression x;
@@
- open(x);
  ...
- close(x);
