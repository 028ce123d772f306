@checked@
expression e;
position p;
@@
  check(e@p)

@freed@
expression e;
position at;
@@
  kfree@at(e)

@exists@
expression freed.e;
position freed.at;
position p != checked.p;
@@
  kfree@at(e)
  ...
- e@p
+ NULL

@one@
position p;
@@
  f@p(1, ...)

@other@
position p;
@@
  f@p(..., 5)

@@
position one.p != other.p;
@@
- f@p(...);
