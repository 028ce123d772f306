// bio_add_page() is told whether its page is from get_user_pages() or one of its relatives.

@bio_add_page_gup@
expression bio, len, off;
expression page : provenance(gup);
@@
  bio_add_page(bio, page, len, off
+ , true
  )

@bio_add_page_conditional@
expression bio, len, off;
expression page : provenance(conditional, cond);
@@
  bio_add_page(bio, page, len, off
+ , cond
  )

// What is told itself hands it on.

@bio_add_page_forwards@
identifier fn = { bio_add_page, __bio_add_page, bio_add_pc_page };
expression bio, len, off, page;
parameter list ps;
@@
  fn(ps) {
  <+...
  bio_add_page(bio, page, len, off
+ , is_gup
  )
  ...+>
  }

// All other pages are not from there, or nobody knows.

@bio_add_page_other@
expression bio, len, off, page;
@@
  bio_add_page(bio, page, len, off
+ , false
  )

@bio_add_page_definition@
parameter list ps;
@@
  bio_add_page(ps
+ , bool is_gup
  ) { ... }

// Where a header declares what another file defines, or there is only a prototype.

@bio_add_page_prototype depends on !bio_add_page_definition@
type T;
parameter list ps;
@@
  T bio_add_page(ps
+ , bool is_gup
  );
