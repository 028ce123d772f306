// bvec_set_folio() given a folio from get_user_pages() or one of its relatives.

@bvec_set_folio_gup@
expression bv;
expression folio : provenance(gup);
@@
- bvec_set_folio
+ bvec_set_folio_from_gup
  (bv, folio, ...)

// From GUP only where cond is true. As a statement of its own the call becomes an if/else; where its
// value is used it becomes a conditional expression.

@bvec_set_folio_conditional@
expression bv;
expression folio : provenance(conditional, cond);
expression list args;
@@
(
- bvec_set_folio(bv, folio, args);
+ if (cond)
+ 	bvec_set_folio_from_gup(bv, folio, args);
+ else
+ 	bvec_set_folio(bv, folio, args);
|
- bvec_set_folio(bv, folio, args)
+ cond ?
+ 	bvec_set_folio_from_gup(bv, folio, args) :
+ 	bvec_set_folio(bv, folio, args)
)
