@@
identifier f, p;
@@
  f(struct thing *p)
  {
  <...
- p->old
+ p->new
  ...>
  }
