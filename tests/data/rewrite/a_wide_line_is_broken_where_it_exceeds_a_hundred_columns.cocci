@@
@@
- add
+ add_from_gup
  (...)
