// sg_assign_page() given a page from get_user_pages() or one of its relatives.

@sg_assign_page_gup@
expression sg;
expression page : provenance(gup);
@@
- sg_assign_page
+ sg_assign_page_from_gup
  (sg, page)

// From GUP only where cond is true. As a statement of its own the call becomes an if/else; where its
// value is used it becomes a conditional expression.

@sg_assign_page_conditional@
expression sg;
expression page : provenance(conditional, cond);
@@
(
- sg_assign_page(sg, page);
+ if (cond)
+ 	sg_assign_page_from_gup(sg, page);
+ else
+ 	sg_assign_page(sg, page);
|
- sg_assign_page(sg, page)
+ cond ?
+ 	sg_assign_page_from_gup(sg, page) :
+ 	sg_assign_page(sg, page)
)
