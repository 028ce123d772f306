@@
long e;
@@
- e;
+ (int)e;
