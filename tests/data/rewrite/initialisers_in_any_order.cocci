@@
expression E;
identifier I;
@@
 struct driver I = {
-	.owner = E,
	...,
+	.module = { .owner = E, },
 };

@@
identifier I, f;
@@
 struct ops I = {
	.open = f,
+	.release = f,
 };
