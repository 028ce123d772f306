@@
@@
- #define swap_units(..., from, ..., to, ...) 1

@@
@@
- #define no_units(...) 2
