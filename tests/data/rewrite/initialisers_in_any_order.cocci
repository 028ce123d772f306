@@
expression E;
identifier I;
@@
 struct driver I = {
-	.owner = E,
	...,
+	.module = { .owner = E, },
 };
