// sg_set_page() given a page from get_user_pages() or one of its relatives.

@sg_set_page_gup@
expression sg;
expression page : provenance(gup);
@@
- sg_set_page
+ sg_set_page_from_gup
  (sg, page, ...)

// From GUP only where cond is true. As a statement of its own the call becomes an if/else; where its
// value is used it becomes a conditional expression.

@sg_set_page_conditional@
expression sg;
expression page : provenance(conditional, cond);
expression list args;
@@
(
- sg_set_page(sg, page, args);
+ if (cond)
+ 	sg_set_page_from_gup(sg, page, args);
+ else
+ 	sg_set_page(sg, page, args);
|
- sg_set_page(sg, page, args)
+ cond ?
+ 	sg_set_page_from_gup(sg, page, args) :
+ 	sg_set_page(sg, page, args)
)
