@@
expression list[n = {1...3}] es;
@@
- old(es);
+ new(es);
