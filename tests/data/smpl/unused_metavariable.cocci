// says: 3:15: warning: metavariable `b` is not used
@@
expression a, b;
@@
- f(a)
