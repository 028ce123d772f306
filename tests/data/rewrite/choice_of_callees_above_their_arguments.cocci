@lock exists@
position p;
@@
(
take_lock
|
take_lock_irq
)
 (...)
... when != drop_lock(...)
sleep@p(...)

@@
position lock.p;
@@
- sleep@p
+ spin
 (...)
