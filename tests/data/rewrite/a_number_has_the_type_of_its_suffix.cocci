@@
unsigned long e;
@@
- take(e)
+ take_ulong(e)

@@
long e;
@@
- take(e)
+ take_long(e)

@@
int e;
@@
- take(e)
+ take_int(e)
