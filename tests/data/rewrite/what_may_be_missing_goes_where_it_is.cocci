@@
@@
  start();
  ...
?- flush();
  stop();
