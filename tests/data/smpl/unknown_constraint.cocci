// says: 3:30: error: unknown constraint `provenance(gap)`
@@
expression page : provenance(gap);
@@
- f(page)
