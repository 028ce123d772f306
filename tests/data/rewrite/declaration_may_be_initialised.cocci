@r@
identifier I;
type T;
@@
T I[4];

@@
identifier r.I;
declarer name EXPORT;
@@
- EXPORT(I);
