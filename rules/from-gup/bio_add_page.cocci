// bio_add_page() given a page from get_user_pages() or one of its relatives.

@bio_add_page_gup@
expression bio;
expression page : provenance(gup);
@@
- bio_add_page
+ bio_add_page_from_gup
  (bio, page, ...)

// From GUP only where cond is true. As a statement of its own the call becomes an if/else; where its
// value is used it becomes a conditional expression.

@bio_add_page_conditional@
expression bio;
expression page : provenance(conditional, cond);
expression list args;
@@
(
- bio_add_page(bio, page, args);
+ if (cond)
+ 	bio_add_page_from_gup(bio, page, args);
+ else
+ 	bio_add_page(bio, page, args);
|
- bio_add_page(bio, page, args)
+ cond ?
+ 	bio_add_page_from_gup(bio, page, args) :
+ 	bio_add_page(bio, page, args)
)
