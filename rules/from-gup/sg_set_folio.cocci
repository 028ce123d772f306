// sg_set_folio() given a folio from get_user_pages() or one of its relatives.

@sg_set_folio_gup@
expression sg;
expression folio : provenance(gup);
@@
- sg_set_folio
+ sg_set_folio_from_gup
  (sg, folio, ...)

// From GUP only where cond is true. As a statement of its own the call becomes an if/else; where its
// value is used it becomes a conditional expression.

@sg_set_folio_conditional@
expression sg;
expression folio : provenance(conditional, cond);
expression list args;
@@
(
- sg_set_folio(sg, folio, args);
+ if (cond)
+ 	sg_set_folio_from_gup(sg, folio, args);
+ else
+ 	sg_set_folio(sg, folio, args);
|
- sg_set_folio(sg, folio, args)
+ cond ?
+ 	sg_set_folio_from_gup(sg, folio, args) :
+ 	sg_set_folio(sg, folio, args)
)
