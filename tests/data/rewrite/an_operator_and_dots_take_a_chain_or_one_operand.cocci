@@
expression x;
@@
  if (
- x == NULL || ...
+ bad(x)
  ) { ... }

@@
@@
  g(
- 1 + ...
+ sum
  )

@exists@
expression x;
@@
- start(x);
  ... when != true x == 0 || ...
  stop(x);
