// sg_alloc_table_from_pages_segment() given an array of pages from get_user_pages() or one of its relatives.

@sg_alloc_table_from_pages_segment_gup@
expression sgt;
expression pages : provenance(gup);
@@
- sg_alloc_table_from_pages_segment
+ sg_alloc_table_from_pages_segment_from_gup
  (sgt, pages, ...)

// From GUP only where cond is true. As a statement of its own the call becomes an if/else; where its
// value is used it becomes a conditional expression.

@sg_alloc_table_from_pages_segment_conditional@
expression sgt;
expression pages : provenance(conditional, cond);
expression list args;
@@
(
- sg_alloc_table_from_pages_segment(sgt, pages, args);
+ if (cond)
+ 	sg_alloc_table_from_pages_segment_from_gup(sgt, pages, args);
+ else
+ 	sg_alloc_table_from_pages_segment(sgt, pages, args);
|
- sg_alloc_table_from_pages_segment(sgt, pages, args)
+ cond ?
+ 	sg_alloc_table_from_pages_segment_from_gup(sgt, pages, args) :
+ 	sg_alloc_table_from_pages_segment(sgt, pages, args)
)
