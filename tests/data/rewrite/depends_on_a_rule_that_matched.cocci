@marked@
@@
  mark();

@depends on marked@
@@
- old();
+ new();

@depends on !marked@
@@
- old();
+ never();
