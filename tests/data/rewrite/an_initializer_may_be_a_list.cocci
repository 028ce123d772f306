@@
identifier f, table;
initializer E;
typedef ops_t;
@@
+ static const ops_t table = E;
f(...)
{
- static const ops_t table = E;
  ...
}

@@
initializer E;
identifier count;
@@
  int count =
- E
+ 0
  ;
