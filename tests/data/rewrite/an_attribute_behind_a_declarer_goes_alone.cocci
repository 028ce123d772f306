@@
declarer name DEFINE_LOCK;
attribute name __hot_data;
@@
DEFINE_LOCK(...)
- __hot_data
;
