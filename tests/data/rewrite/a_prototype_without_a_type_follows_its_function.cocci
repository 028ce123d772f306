@@
identifier func;
@@
func(...
+ , int flags
  ) { ... }
