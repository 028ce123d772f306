@ exists @
expression e, x;
@@
  e = find(...)
  ... when != true !e || ...
      when != put(e)
+ note(e);
  e = x;
