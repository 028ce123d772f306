@@
type T = double;
identifier x;
@@
- T
+ float
  x;

@@
typedef sample_t;
identifier x;
@@
- double complex
+ sample_t
  x;
