@@
expression e;
@@
  if (e) return;
+ go();

@@
statement S;
@@
  while (more()) S
+ finish();
