@ leaves @
position p;
@@
  return@p ...;

@@
position leaves.p;
@@
+ done();
  return@p ...;
