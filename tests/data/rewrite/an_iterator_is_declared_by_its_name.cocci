@@
iterator name walk_all;
expression e;
statement S;
@@
- walk_all(e)
- S
+ walked(e);
