// says: 3:1: error: `=` does not start a metavariable declaration
@@
= x;
@@
- f()
