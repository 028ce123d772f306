@@
type T;
const T x;
@@
- f(x, T);
+ constant(x, T);

@@
type T;
T x;
@@
- f(x, T);
+ other(x, T);

@@
const int x;
@@
- g(x);
+ constant(x);

@@
int x;
@@
- g(x);
+ other(x);
