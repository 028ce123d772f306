@@
iterator each;
expression a, b;
statement S;
@@
- each(a, b)
- S
+ walk(a, b);
