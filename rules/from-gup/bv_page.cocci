// A page from get_user_pages() or one of its relatives stored into a bio_vec by hand.

@bv_page_gup@
expression bv;
expression page : provenance(gup);
@@
(
- bv->bv_page = page;
+ bvec_assign_page_from_gup(bv, page);
|
- bv.bv_page = page;
+ bvec_assign_page_from_gup(&bv, page);
)

// From GUP only where cond is true: otherwise the plain store stays.

@bv_page_conditional@
expression bv;
expression page : provenance(conditional, cond);
@@
(
- bv->bv_page = page;
+ if (cond)
+ 	bvec_assign_page_from_gup(bv, page);
+ else
+ 	bv->bv_page = page;
|
- bv.bv_page = page;
+ if (cond)
+ 	bvec_assign_page_from_gup(&bv, page);
+ else
+ 	bv.bv_page = page;
)

// An initialiser keeps the page, so that the bio_vec is whole at once, and is followed by the mark; a
// bio_vec that has its mark already is left alone.

@bv_page_initializer@
identifier bv;
expression page : provenance(gup);
@@
(
  struct bio_vec bv = { ..., .bv_page = page, ... };
  bvec_assign_page_from_gup(&bv, page);
|
  struct bio_vec bv = { ..., .bv_page = page, ... };
+ bvec_assign_page_from_gup(&bv, page);
)

// The same where it is from GUP only where cond is true.

@bv_page_initializer_conditional@
identifier bv;
expression page : provenance(conditional, cond);
@@
(
  struct bio_vec bv = { ..., .bv_page = page, ... };
  if (cond)
  	bvec_assign_page_from_gup(&bv, page);
|
  struct bio_vec bv = { ..., .bv_page = page, ... };
+ if (cond)
+ 	bvec_assign_page_from_gup(&bv, page);
)

// A whole bio_vec is stored: as with an initialiser.

@bv_page_literal@
expression bv;
expression page : provenance(gup);
@@
(
  *bv = (struct bio_vec){ ..., .bv_page = page, ... };
  bvec_assign_page_from_gup(bv, page);
|
  *bv = (struct bio_vec){ ..., .bv_page = page, ... };
+ bvec_assign_page_from_gup(bv, page);
|
  bv = (struct bio_vec){ ..., .bv_page = page, ... };
  bvec_assign_page_from_gup(&bv, page);
|
  bv = (struct bio_vec){ ..., .bv_page = page, ... };
+ bvec_assign_page_from_gup(&bv, page);
)

@bv_page_literal_conditional@
expression bv;
expression page : provenance(conditional, cond);
@@
(
  *bv = (struct bio_vec){ ..., .bv_page = page, ... };
  if (cond)
  	bvec_assign_page_from_gup(bv, page);
|
  *bv = (struct bio_vec){ ..., .bv_page = page, ... };
+ if (cond)
+ 	bvec_assign_page_from_gup(bv, page);
|
  bv = (struct bio_vec){ ..., .bv_page = page, ... };
  if (cond)
  	bvec_assign_page_from_gup(&bv, page);
|
  bv = (struct bio_vec){ ..., .bv_page = page, ... };
+ if (cond)
+ 	bvec_assign_page_from_gup(&bv, page);
)
