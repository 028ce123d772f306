@@
identifier tag;
@@
struct
- tag
+ renamed
{ ... }
