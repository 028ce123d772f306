@@
@@
- build_table
+ build_table_from_users
  (...)
