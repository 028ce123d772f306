@@
expression a;
constant c;
@@
- area(a * 3 + c)
+ area3(a, c)

@@
expression a, b;
@@
- a <= b
+ not_above(a, b)
