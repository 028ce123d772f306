// bio_add_pc_page() given a page from get_user_pages() or one of its relatives.

@bio_add_pc_page_gup@
expression q, bio;
expression page : provenance(gup);
@@
- bio_add_pc_page
+ bio_add_pc_page_from_gup
  (q, bio, page, ...)

// From GUP only where cond is true. As a statement of its own the call becomes an if/else; where its
// value is used it becomes a conditional expression.

@bio_add_pc_page_conditional@
expression q, bio;
expression page : provenance(conditional, cond);
expression list args;
@@
(
- bio_add_pc_page(q, bio, page, args);
+ if (cond)
+ 	bio_add_pc_page_from_gup(q, bio, page, args);
+ else
+ 	bio_add_pc_page(q, bio, page, args);
|
- bio_add_pc_page(q, bio, page, args)
+ cond ?
+ 	bio_add_pc_page_from_gup(q, bio, page, args) :
+ 	bio_add_pc_page(q, bio, page, args)
)
