@@
expression e;
@@
  call(...,
- e, NULL
+ e
  )

@@
@@
  last(...,
-  flag,
  ...)
