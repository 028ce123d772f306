@first@
constant c1, c2;
binary operator op = {==, !=, &&};
@@
- both(c1 op c2)
+ compared(c1 op c2)

@@
expression a, b;
assignment operator set = {+=, -=};
@@
- a set b;
+ change(a, b);
