@@
statement S;
@@
+ before();
  S
