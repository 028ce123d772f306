// not as spatch, which loses the comments and keeps what `#if` has
@@
expression e;
@@
- grab(e)
+ take(e)
