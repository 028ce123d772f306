@found@
position p;
@@
  lock();
  work@p();

@@
position found.p;
@@
- work@p();
+ locked_work();
