// A page from get_user_pages() or one of its relatives that is marked dirty under its lock and given back.

virtual unpin

@given_back@
expression page : provenance(gup);
position p;
@@
  put_page@p(page)

// A block with nothing else in it.

@alone@
expression x, dirty;
position given_back.p, b;
@@
(
  for@b (...; ...; ...) { set_page_dirty_lock(x); put_page@p(x); }
|
  for@b (...; ...; ...) { if (dirty) set_page_dirty_lock(x); put_page@p(x); }
|
  while@b (...) { set_page_dirty_lock(x); put_page@p(x); }
|
  while@b (...) { if (dirty) set_page_dirty_lock(x); put_page@p(x); }
|
  if@b (...) { set_page_dirty_lock(x); put_page@p(x); }
|
  if@b (...) { if (dirty) set_page_dirty_lock(x); put_page@p(x); }
)

@dirty_put_page depends on unpin@
idexpression x;
identifier f;
expression dirty, e, i;
position given_back.p;
@@
(
- set_page_dirty_lock(x);
- put_page@p(x);
+ unpin_user_pages_dirty_lock(&x, 1, true);
|
- if (dirty)
- 	set_page_dirty_lock(x);
- put_page@p(x);
+ unpin_user_pages_dirty_lock(&x, 1, dirty);
|
- set_page_dirty_lock(e->f);
- put_page@p(e->f);
+ unpin_user_pages_dirty_lock(&e->f, 1, true);
|
- if (dirty)
- 	set_page_dirty_lock(e->f);
- put_page@p(e->f);
+ unpin_user_pages_dirty_lock(&e->f, 1, dirty);
|
- set_page_dirty_lock(e.f);
- put_page@p(e.f);
+ unpin_user_pages_dirty_lock(&e.f, 1, true);
|
- if (dirty)
- 	set_page_dirty_lock(e.f);
- put_page@p(e.f);
+ unpin_user_pages_dirty_lock(&e.f, 1, dirty);
|
- set_page_dirty_lock(e[i]);
- put_page@p(e[i]);
+ unpin_user_pages_dirty_lock(&e[i], 1, true);
|
- if (dirty)
- 	set_page_dirty_lock(e[i]);
- put_page@p(e[i]);
+ unpin_user_pages_dirty_lock(&e[i], 1, dirty);
)

@braces@
statement S;
position alone.b;
@@
(
  for@b (...; ...; ...)
- {
  S
- }
|
  while@b (...)
- {
  S
- }
|
  if@b (...)
- {
  S
- }
)
