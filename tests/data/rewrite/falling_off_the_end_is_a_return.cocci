@@
@@
  lock();
  ...
+ unlock();
  return;
