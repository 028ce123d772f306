// says: 6:3: error: the added code has nothing to attach to
@@
@@
f() {
  ...
+ g();
  ...
}
