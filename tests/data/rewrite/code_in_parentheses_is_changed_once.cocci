@@
identifier f;
expression x, y;
@@
  f(...)
  {
	<...
-	((x) < (y) ? (x) : (y))
+	min(x, y)
	...>
  }
