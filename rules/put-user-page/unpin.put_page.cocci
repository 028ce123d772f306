// put_page() given a page from get_user_pages() or one of its relatives.

virtual unpin

@put_page_gup depends on unpin@
expression page : provenance(gup);
@@
- put_page
+ unpin_user_page
  (page)

// From GUP only where cond is true.

@put_page_conditional depends on unpin@
expression page : provenance(conditional, cond);
@@
- put_page(page);
+ if (cond)
+ 	unpin_user_page(page);
+ else
+ 	put_page(page);
