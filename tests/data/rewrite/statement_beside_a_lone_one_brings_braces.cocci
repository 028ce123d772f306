@@
@@
  start();
+ started();
