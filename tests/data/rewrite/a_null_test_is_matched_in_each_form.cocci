@@
expression x;
statement S;
@@
- if (x == NULL) S
+ check(x);

@@
expression y;
@@
- use(y != NULL)
+ use_pointer(y)

@@
expression z;
@@
- z != 0
+ positive(z)
