@@
expression p;
@@
  p = find(...);
  ... when any
- p == 1
+ is_one(p)
@@
expression p;
@@
  p = find(...)
  ... when any
      when strict
- !p
+ is_none(p)
