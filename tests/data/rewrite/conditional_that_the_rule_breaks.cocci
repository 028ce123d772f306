@@
expression b, p;
expression list args;
@@
- add(b, p, args)
+ mine(p) ?
+ 	add_mine(b, p, args) :
+ 	add(b, p, args)
