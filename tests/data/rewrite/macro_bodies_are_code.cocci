@@
expression p;
@@
- old_put(p)
+ new_put(p, true)
