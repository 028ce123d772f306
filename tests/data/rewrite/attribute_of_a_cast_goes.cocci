@@
type T;
attribute name __tagged;
identifier x;
@@
 (
	T
-	__tagged
 ) x
