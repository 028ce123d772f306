@ known @
expression e;
position p;
@@
  old@p(e, CHECKED)

@@
expression e, f;
position p != known.p;
@@
- old@p(e, f)
+ new(e, f)
