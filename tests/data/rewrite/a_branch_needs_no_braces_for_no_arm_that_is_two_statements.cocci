@@
expression e, r;
@@
  if (e) {
  ...
(
+ release();
  return;
|
+ release();
  return r;
)
  }
