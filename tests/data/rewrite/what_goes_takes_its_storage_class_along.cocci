@@
identifier d;
@@
- int d;

@@
symbol hook;
@@
- int (*hook)(int);

@@
identifier d;
@@
- char d;
+ long d;
