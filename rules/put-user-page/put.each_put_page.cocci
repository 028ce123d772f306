// A loop that only gives back the pages of an array. The number is not negative by its type, for a negative one would be
// taken for a huge one; another loop keeps its call.

virtual put

@given_back@
expression page : provenance(gup);
position p;
@@
  put_page@p(page)

// The array, or the number of pages, is another one in each round.

@counted@
idexpression i;
expression e, n;
identifier f;
position given_back.p, q;
@@
(
  for (i = 0; i < <+... i ...+>; i++)
  	put_page@p@q(e);
|
  for (i = 0; i < <+... f(...) ...+>; i++)
  	put_page@p@q(e);
|
  for (i = 0; i < n; i++)
  	put_page@p@q(<+... i ...+>[i]);
|
  while (i--)
  	put_page@p@q(<+... i ...+>[i]);
)

// The counter is looked at afterwards.

@read_later exists@
identifier i;
expression e;
position given_back.p, q;
@@
(
  for (i = 0; ...; i++)
  	put_page@p@q(e);
|
  while (i--)
  	put_page@p@q(e);
)
  ...
  i

@each_put_page depends on put@
typedef u8, u16, u32, u64;
identifier i;
expression pages;
{unsigned char, unsigned short, unsigned int, unsigned long, unsigned long long, size_t, u8, u16, u32, u64} n;
position given_back.p, q1 != counted.q, q2 != read_later.q;
@@
(
- for (i = 0; i < n; i++)
- 	put_page@p@q1@q2(pages[i]);
+ put_user_pages(pages, n);
|
- for (i = 0; i < n; i++) {
- 	put_page@p@q1@q2(pages[i]);
- }
+ put_user_pages(pages, n);
|
- while (i--)
- 	put_page@p@q1@q2(pages[i]);
+ put_user_pages(pages, i);
|
- while (i--) {
- 	put_page@p@q1@q2(pages[i]);
- }
+ put_user_pages(pages, i);
)

@unused@
identifier each_put_page.i;
expression each_put_page.pages;
type T;
@@
- T i;
  <+... when != i
  put_user_pages(pages, ...);
  ...+>
