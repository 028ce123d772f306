// folio_put() given a folio of pages from get_user_pages() or one of its relatives.

virtual unpin, folio

@given_back@
expression page : provenance(gup);
position p;
@@
(
  folio_put@p(page)
|
  folio_put_refs@p(page, ...)
)

@folio_put_gup depends on unpin && folio@
expression e, n;
position given_back.p;
@@
(
- folio_put@p(page_folio(e))
+ unpin_user_page(e)
|
- folio_put@p(e)
+ unpin_user_folio(e, 1)
|
- folio_put_refs@p(e, n)
+ unpin_user_folio(e, n)
)

// Before there was a function for folios.

@folio_put_page depends on unpin && !folio@
expression e, n;
idexpression x;
identifier f;
position given_back.p;
@@
(
- folio_put@p(page_folio(e))
+ unpin_user_page(e)
|
- folio_put@p(x)
+ unpin_user_page(&x->page)
|
- folio_put@p(e->f)
+ unpin_user_page(&e->f->page)
|
- folio_put@p(e[n])
+ unpin_user_page(&e[n]->page)
)
