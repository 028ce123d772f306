// says: 4:1: error: `(` is not closed
@@
@@
(
- f()
|
- g()
