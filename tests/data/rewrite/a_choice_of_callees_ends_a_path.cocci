@ exists @
expression e;
@@
  e = get(...)
  ... when any
- \(drop\|put\)(e)
+ release(e)

