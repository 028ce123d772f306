// A page that is not from get_user_pages() gets the kind of reference that a page from there has, before it goes into a
// bio: then all pages of all bios are released in one way. Where it has one already nothing is done.

@bio_add_pc_page_pinned@
expression q, bio, len, off, page, told;
expression result;
statement S1, S2;
position p;
@@
(
  get_gup_pin(page);
  bio_add_pc_page@p(q, bio, page, len, off);
|
  get_gup_pin(page);
  result = <+... bio_add_pc_page@p(q, bio, page, len, off) ...+>;
|
  get_gup_pin(page);
  if (<+... bio_add_pc_page@p(q, bio, page, len, off) ...+>) S1 else S2
|
  get_gup_pin(page);
  return <+... bio_add_pc_page@p(q, bio, page, len, off) ...+>;
|
  if (told)
  	get_gup_pin(page);
  bio_add_pc_page@p(q, bio, page, len, off);
|
  if (told)
  	get_gup_pin(page);
  result = <+... bio_add_pc_page@p(q, bio, page, len, off) ...+>;
|
  if (told)
  	get_gup_pin(page);
  if (<+... bio_add_pc_page@p(q, bio, page, len, off) ...+>) S1 else S2
|
  if (told)
  	get_gup_pin(page);
  return <+... bio_add_pc_page@p(q, bio, page, len, off) ...+>;
)

@bio_add_pc_page_statement@
expression q, bio, len, off;
expression page : provenance(other);
position p != bio_add_pc_page_pinned.p;
@@
+ get_gup_pin(page);
  bio_add_pc_page@p(q, bio, page, len, off);

@bio_add_pc_page_statement_conditional@
expression q, bio, len, off;
expression page : provenance(conditional, cond);
position p != bio_add_pc_page_pinned.p;
@@
+ if (!cond)
+ 	get_gup_pin(page);
  bio_add_pc_page@p(q, bio, page, len, off);

@bio_add_pc_page_assigned@
expression q, bio, len, off;
expression page : provenance(other);
expression result;
position p != bio_add_pc_page_pinned.p;
@@
+ get_gup_pin(page);
  result = <+... bio_add_pc_page@p(q, bio, page, len, off) ...+>;

@bio_add_pc_page_assigned_conditional@
expression q, bio, len, off;
expression page : provenance(conditional, cond);
expression result;
position p != bio_add_pc_page_pinned.p;
@@
+ if (!cond)
+ 	get_gup_pin(page);
  result = <+... bio_add_pc_page@p(q, bio, page, len, off) ...+>;

@bio_add_pc_page_condition@
expression q, bio, len, off;
expression page : provenance(other);
statement S1, S2;
position p != bio_add_pc_page_pinned.p;
@@
+ get_gup_pin(page);
  if (<+... bio_add_pc_page@p(q, bio, page, len, off) ...+>) S1 else S2

@bio_add_pc_page_condition_conditional@
expression q, bio, len, off;
expression page : provenance(conditional, cond);
statement S1, S2;
position p != bio_add_pc_page_pinned.p;
@@
+ if (!cond)
+ 	get_gup_pin(page);
  if (<+... bio_add_pc_page@p(q, bio, page, len, off) ...+>) S1 else S2

@bio_add_pc_page_returned@
expression q, bio, len, off;
expression page : provenance(other);
position p != bio_add_pc_page_pinned.p;
@@
+ get_gup_pin(page);
  return <+... bio_add_pc_page@p(q, bio, page, len, off) ...+>;

@bio_add_pc_page_returned_conditional@
expression q, bio, len, off;
expression page : provenance(conditional, cond);
position p != bio_add_pc_page_pinned.p;
@@
+ if (!cond)
+ 	get_gup_pin(page);
  return <+... bio_add_pc_page@p(q, bio, page, len, off) ...+>;
