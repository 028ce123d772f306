@@
declarer name DEFINE_LOCK;
identifier x;
@@
- DEFINE_LOCK(x);
