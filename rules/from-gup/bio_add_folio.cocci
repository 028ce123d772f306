// bio_add_folio() given a folio from get_user_pages() or one of its relatives.

@bio_add_folio_gup@
expression bio;
expression folio : provenance(gup);
@@
- bio_add_folio
+ bio_add_folio_from_gup
  (bio, folio, ...)

// From GUP only where cond is true. As a statement of its own the call becomes an if/else; where its
// value is used it becomes a conditional expression.

@bio_add_folio_conditional@
expression bio;
expression folio : provenance(conditional, cond);
expression list args;
@@
(
- bio_add_folio(bio, folio, args);
+ if (cond)
+ 	bio_add_folio_from_gup(bio, folio, args);
+ else
+ 	bio_add_folio(bio, folio, args);
|
- bio_add_folio(bio, folio, args)
+ cond ?
+ 	bio_add_folio_from_gup(bio, folio, args) :
+ 	bio_add_folio(bio, folio, args)
)
