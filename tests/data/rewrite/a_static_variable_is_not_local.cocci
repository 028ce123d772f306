@@
local idexpression x;
@@
- use(x)
+ use_local(x)

@@
expression *p;
@@
- set(p)
+ set_pointer(p)
