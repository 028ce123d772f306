@holder@
type T;
identifier lock;
@@
T { ...
    struct semaphore lock;
    ...
  };

@@
type holder.T;
T data;
identifier holder.lock;
@@
- init_MUTEX
+ mutex_init
  (&data.
-       lock
+       new_lock
  )

@@
identifier x;
@@
- unsigned int x;
+ u32 x;

@@
identifier f;
@@
  f(...)
  {
+   int added;
    ...
-   old();
    ...
  }
