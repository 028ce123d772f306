// not as spatch: the other arm of an if gets braces too, as the kernel has it
@@
@@
  start();
+ started();
