@@
symbol x, y;
@@
+ int y;
- int x;
