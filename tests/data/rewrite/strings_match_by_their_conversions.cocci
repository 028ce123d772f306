@@
format f =~ "x$";
@@
- trace("...%@f@...",
+ trace_hex("%@f@",
  ...)

@@
format list[2] fs;
@@
- "now %@fs@ later"
+ "two"
