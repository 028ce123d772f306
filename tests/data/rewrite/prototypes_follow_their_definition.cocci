@@
identifier fn, c, unused;
@@
 int fn(struct ctx *c
-	, int unused
 	)
 {
	...
 }

@@
identifier gone;
@@
- gone(void) { dead(); }
