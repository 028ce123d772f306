// not as spatch: it puts no parentheses around a value in a new place
@@
expression e;
@@
- twice(e)
+ 2 * e
