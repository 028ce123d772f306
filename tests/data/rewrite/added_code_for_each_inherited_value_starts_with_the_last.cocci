@gone@
identifier lock;
@@
- unlock_late(lock);

@@
identifier gone.lock;
@@
leave();
++ unlock(lock);
