@@
identifier f;
@@
+ #ifdef CONFIG_TRACE
+ /* traced */
  int f(void)
  {
  	return trace();
  }
+ #endif
