@@
symbol one, two;
@@
 \(first\|second\)(int \(one\|two\)) {
-	return 0;
+	return 1;
 }
