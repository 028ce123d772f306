// not as spatch, which gives up on the whole file
@@
expression x;
@@
- open(x)
+ open_at(ROOT, x)

@@
@@
- close();
+ close_all();
