@@
expression l;
@@
  lock(l);
  ... when != unlock(l)
- return 0;
+ return done(l);
