@@
expression p;
statement S;
@@
- if (p == NULL || ...) S
+ checked(p);
