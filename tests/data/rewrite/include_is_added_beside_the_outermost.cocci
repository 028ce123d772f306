@@
@@
  #include <linux/...>
+ #include <linux/last.h>

@@
@@
+ #include "first.h"
  #include "..."
