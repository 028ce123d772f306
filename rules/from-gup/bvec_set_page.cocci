// bvec_set_page() given a page from get_user_pages() or one of its relatives.

@bvec_set_page_gup@
expression bv;
expression page : provenance(gup);
@@
- bvec_set_page
+ bvec_set_page_from_gup
  (bv, page, ...)

// From GUP only where cond is true. As a statement of its own the call becomes an if/else; where its
// value is used it becomes a conditional expression.

@bvec_set_page_conditional@
expression bv;
expression page : provenance(conditional, cond);
expression list args;
@@
(
- bvec_set_page(bv, page, args);
+ if (cond)
+ 	bvec_set_page_from_gup(bv, page, args);
+ else
+ 	bvec_set_page(bv, page, args);
|
- bvec_set_page(bv, page, args)
+ cond ?
+ 	bvec_set_page_from_gup(bv, page, args) :
+ 	bvec_set_page(bv, page, args)
)
