@@
identifier f;
@@
(
int
|
long *
|
struct s *
) f(...) {
  ...
- old();
}

@@
identifier x;
@@
- \(int\|long *\) x;
+ ssize_t x;
