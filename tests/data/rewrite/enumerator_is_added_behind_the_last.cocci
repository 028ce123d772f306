@@
@@
enum state {
	...,
-	OFF = 0,
+	STOPPED = 0,
	...,
	ON,
+	BROKEN
};
