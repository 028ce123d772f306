@@
type T;
T[] a;
@@
- size(a)
+ array_size(a)

@@
type T;
T *p;
@@
- size(p)
+ pointer_size(p)
