@@
expression e;
@@
  if (e < 8) {
    ...
-   low(e);
+   lower(e);
    ...
  } else {
    ...
-   high(e);
    ...
  }

@@
expression e;
@@
  while (next(e)) {
-   low(e);
  }

@@
expression e;
@@
  while (after(e)) {
    low(e);
+   lower(e);
  }
