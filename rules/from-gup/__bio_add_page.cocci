// __bio_add_page() given a page from get_user_pages() or one of its relatives.

@__bio_add_page_gup@
expression bio;
expression page : provenance(gup);
@@
- __bio_add_page
+ __bio_add_page_from_gup
  (bio, page, ...)

// From GUP only where cond is true. As a statement of its own the call becomes an if/else; where its
// value is used it becomes a conditional expression.

@__bio_add_page_conditional@
expression bio;
expression page : provenance(conditional, cond);
expression list args;
@@
(
- __bio_add_page(bio, page, args);
+ if (cond)
+ 	__bio_add_page_from_gup(bio, page, args);
+ else
+ 	__bio_add_page(bio, page, args);
|
- __bio_add_page(bio, page, args)
+ cond ?
+ 	__bio_add_page_from_gup(bio, page, args) :
+ 	__bio_add_page(bio, page, args)
)
