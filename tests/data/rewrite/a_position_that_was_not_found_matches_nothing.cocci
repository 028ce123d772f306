@ found exists @
expression e;
position p;
@@
  e = look_up(...)
  ...
  return@p 1;

@@
expression found.e;
position found.p;
@@
(
+ put(e);
  return@p 1;
|
+ put(e);
  return@p ...;
)
