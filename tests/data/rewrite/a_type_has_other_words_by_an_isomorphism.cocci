@@
identifier i;
@@
- int i;
+ long i;

@disable add_int1@
identifier i;
@@
- unsigned i;
+ size_t i;
