// A loop that only marks the pages of an array dirty under their locks and gives them back. The number is not negative by
// its type, for a negative one would be taken for a huge one; another loop stays.

virtual put, make_dirty

@given_back@
expression page : provenance(gup);
position p;
@@
  put_page@p(page)

// The array, the number of pages, or the question is another one in each round.

@counted@
idexpression i;
identifier f, x;
expression e, n;
position given_back.p, q;
@@
(
  for (i = 0; i < <+... i ...+>; i++) { ... put_page@p@q(e); }
|
  for (i = 0; i < <+... f(...) ...+>; i++) { ... put_page@p@q(e); }
|
  for (i = 0; i < n; i++) { ... put_page@p@q(<+... i ...+>[i]); }
|
  for (i = 0; i < n; i++) { struct page *x = <+... i ...+>[i]; ... put_page@p@q(x); }
|
  for (i = 0; i < n; i++) { ... if (i) set_page_dirty_lock(...); put_page@p@q(e); }
)

// The counter is looked at afterwards.

@read_later exists@
identifier i;
expression e;
position given_back.p, q;
@@
  for (i = 0; ...; i++) { ... put_page@p@q(e); }
  ...
  i

@dirty_each_put_page depends on put && make_dirty@
typedef u8, u16, u32, u64;
identifier i, x;
idexpression dirty;
expression pages;
{unsigned char, unsigned short, unsigned int, unsigned long, unsigned long long, size_t, u8, u16, u32, u64} n;
position given_back.p, q1 != counted.q, q2 != read_later.q;
@@
(
- for (i = 0; i < n; i++) {
- 	set_page_dirty_lock(pages[i]);
- 	put_page@p@q1@q2(pages[i]);
- }
+ put_user_pages_dirty_lock(pages, n, true);
|
- for (i = 0; i < n; i++) {
- 	struct page *x = pages[i];
- 	set_page_dirty_lock(x);
- 	put_page@p@q1@q2(x);
- }
+ put_user_pages_dirty_lock(pages, n, true);
|
- for (i = 0; i < n; i++) {
- 	if (dirty)
- 		set_page_dirty_lock(pages[i]);
- 	put_page@p@q1@q2(pages[i]);
- }
+ put_user_pages_dirty_lock(pages, n, dirty);
|
- for (i = 0; i < n; i++) {
- 	struct page *x = pages[i];
- 	if (dirty)
- 		set_page_dirty_lock(x);
- 	put_page@p@q1@q2(x);
- }
+ put_user_pages_dirty_lock(pages, n, dirty);
)

@unused@
identifier dirty_each_put_page.i;
expression dirty_each_put_page.pages;
type T;
@@
- T i;
  <+... when != i
  put_user_pages_dirty_lock(pages, ...);
  ...+>

@dirty_each_put_page_always depends on put && !make_dirty@
identifier i, x;
expression pages;
{unsigned char, unsigned short, unsigned int, unsigned long, unsigned long long, size_t, u8, u16, u32, u64} n;
position given_back.p, q1 != counted.q, q2 != read_later.q;
@@
(
- for (i = 0; i < n; i++) {
- 	set_page_dirty_lock(pages[i]);
- 	put_page@p@q1@q2(pages[i]);
- }
+ put_user_pages_dirty_lock(pages, n);
|
- for (i = 0; i < n; i++) {
- 	struct page *x = pages[i];
- 	set_page_dirty_lock(x);
- 	put_page@p@q1@q2(x);
- }
+ put_user_pages_dirty_lock(pages, n);
)

@unused_always@
identifier dirty_each_put_page_always.i;
expression dirty_each_put_page_always.pages;
type T;
@@
- T i;
  <+... when != i
  put_user_pages_dirty_lock(pages, ...);
  ...+>
