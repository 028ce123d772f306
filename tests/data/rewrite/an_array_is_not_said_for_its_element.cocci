// not as spatch, which adds `set(vec, q)` for `vec[i].page = q`

@@
expression v, p;
@@
- v->page = p;
+ set(v, p);

@named@
expression v;
@@
  mark(v->page)

@@
expression named.v;
@@
- drop(v)
+ drop_marked(v)
