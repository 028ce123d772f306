// release_pages() given an array of pages from get_user_pages() or one of its relatives. It takes none for a negative
// number; its successor would take that for a huge one, so it is called where the number is positive.

virtual unpin

@given_back@
expression pages : provenance(gup);
position p;
@@
  release_pages@p(pages, ...)

@positive@
expression pages, e;
idexpression n;
position given_back.p, q;
@@
(
  if (n > 0)
  	release_pages@p@q(pages, n);
|
  if (n > 0) {
  	<+... when != n = e
  	      when != n--
  	      when != &n
  	release_pages@p@q(pages, n);
  	...+>
  }
)

// To ask for the number twice must be the same as to ask for it once.

@changes@
expression pages, e, n;
identifier f;
position given_back.p, q;
@@
(
  release_pages@p@q(pages, <+... f(...) ...+>)
|
  release_pages@p@q(pages, <+... n++ ...+>)
|
  release_pages@p@q(pages, <+... n-- ...+>)
|
  release_pages@p@q(pages, <+... n = e ...+>)
)

@release_pages_gup depends on unpin@
typedef u8, u16, u32, u64;
expression pages, e;
constant N;
{unsigned char, unsigned short, unsigned int, unsigned long, unsigned long long, size_t, u8, u16, u32, u64} n;
idexpression m;
position given_back.p, q1 != positive.q, q2 != changes.q;
@@
(
- release_pages@p(pages, n);
+ unpin_user_pages(pages, n);
|
- release_pages@p(pages, N);
+ unpin_user_pages(pages, N);
|
- release_pages@p@q1@q2(pages, e);
+ if (e > 0)
+ 	unpin_user_pages(pages, e);
|
- release_pages@p(pages, m);
+ unpin_user_pages(pages, m);
)

// From GUP only where cond is true.

@release_pages_conditional depends on unpin@
expression pages : provenance(conditional, cond);
constant N;
{unsigned char, unsigned short, unsigned int, unsigned long, unsigned long long, size_t, u8, u16, u32, u64} n;
@@
(
- release_pages(pages, n);
+ if (cond)
+ 	unpin_user_pages(pages, n);
+ else
+ 	release_pages(pages, n);
|
- release_pages(pages, N);
+ if (cond)
+ 	unpin_user_pages(pages, N);
+ else
+ 	release_pages(pages, N);
)
