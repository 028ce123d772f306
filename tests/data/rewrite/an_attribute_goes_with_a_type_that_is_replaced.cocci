@@
identifier f, flags;
type T;
@@
f(...,
-     T flags
+     gfp_t flags
     , ...) {
  ...
  kmalloc(..., flags)
  ...
}

@@
type T;
identifier x;
@@
  (
- T
+ long
  ) x
