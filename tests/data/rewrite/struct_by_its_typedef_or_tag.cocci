@r@
type T;
@@
T {
	...
-	int refs;
+	refcount_t refs;
	...
};

@@
type r.T;
T *p;
@@
- p->refs
+ refcount_read(&p->refs)
