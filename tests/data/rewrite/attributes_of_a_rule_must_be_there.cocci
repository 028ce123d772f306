@@
attribute name __cold_path;
identifier f;
@@
 int __cold_path f(void)
 {
-	return -1;
+	return -EIO;
 }

@@
attribute name __guarded;
identifier v;
@@
- long v __guarded;
+ int v;
