@@
@@
  #include <linux/bio.h>
+ #include <linux/bvec.h>
