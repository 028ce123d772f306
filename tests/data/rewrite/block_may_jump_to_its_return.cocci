@ exists @
expression e, r;
@@
  if (e) {
    ... when forall
        when != r
-   return r;
  }
  return 15;
