@r@
type S, N;
@@
typedef S { ... } N;

@@
type r.S, r.N;
@@
- N
+ S
