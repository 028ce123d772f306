@@
expression bv, page;
@@
  bv = (struct bio_vec){ ..., .bv_page = page, ... };
+ mark(&bv, page);

@@
expression page;
@@
- return (struct bio_vec){ ..., .bv_page = page, ... };
+ return of(page);
