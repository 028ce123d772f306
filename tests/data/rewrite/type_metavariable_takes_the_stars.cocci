@@
type T;
identifier x;
@@
- T x = alloc(sizeof(T));
+ T x = alloc_zeroed(sizeof(T));
