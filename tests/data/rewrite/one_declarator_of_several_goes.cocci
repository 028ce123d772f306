@@
identifier x;
@@
- u8 x;
++ u16 x;

@@
identifier x;
@@
- long x;
