@disable paren, drop_cast, is_null, commeq@
expression x;
type T;
@@
- take((T)x, x == NULL)
+ taken(x)

@disable all@
expression x;
@@
- last(x + 1)
+ next(x)
