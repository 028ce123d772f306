// A page that is not from get_user_pages() gets the kind of reference that a page from there has, before it goes into a
// bio: then all pages of all bios are released in one way. Where it has one already nothing is done.

@__bio_add_page_pinned@
expression bio, len, off, page, told;
position p;
@@
(
  get_gup_pin(page);
  __bio_add_page@p(bio, page, len, off);
|
  if (told)
  	get_gup_pin(page);
  __bio_add_page@p(bio, page, len, off);
)

@__bio_add_page_statement@
expression bio, len, off;
expression page : provenance(other);
position p != __bio_add_page_pinned.p;
@@
+ get_gup_pin(page);
  __bio_add_page@p(bio, page, len, off);

@__bio_add_page_statement_conditional@
expression bio, len, off;
expression page : provenance(conditional, cond);
position p != __bio_add_page_pinned.p;
@@
+ if (!cond)
+ 	get_gup_pin(page);
  __bio_add_page@p(bio, page, len, off);
