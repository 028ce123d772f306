@ falls_back @
expression e;
position p;
@@
  e = fast(...)
  ... when any
  if (e == NULL) {
    ...
    e = slow(...)@p
    ...
  }

@@
expression e;
position p != falls_back.p;
@@
- e = slow(...)@p
+ e = fast(0)
