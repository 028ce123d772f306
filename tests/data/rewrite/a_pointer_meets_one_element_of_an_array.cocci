// not as spatch, for which `v` may be an element here and another one there

@@
expression v;
@@
- start(v->lock);
  ...
- stop(v->lock);
