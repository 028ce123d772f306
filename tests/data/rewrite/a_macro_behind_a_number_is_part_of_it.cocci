// not as spatch, which does not read `16 KB`
@@
expression a, b;
binary operator o = {<, >};
@@
- a o b
+ differ(a, b)
