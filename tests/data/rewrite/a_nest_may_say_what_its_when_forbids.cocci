@@
type T;
identifier tmp;
expression i;
@@
- T tmp;
  <... when != tmp
  swap(i, tmp);
  ...>
