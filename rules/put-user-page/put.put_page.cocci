// put_page() given a page from get_user_pages() or one of its relatives.

virtual put

@put_page_gup depends on put@
expression page : provenance(gup);
@@
- put_page
+ put_user_page
  (page)

// From GUP only where cond is true.

@put_page_conditional depends on put@
expression page : provenance(conditional, cond);
@@
- put_page(page);
+ if (cond)
+ 	put_user_page(page);
+ else
+ 	put_page(page);
