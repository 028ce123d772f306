@@
identifier s, x;
@@
 struct s {
 	...
- 	u8 x;
++ 	u16 x;
 	...
 };

@@
type T;
identifier s = {packet};
symbol ttl;
@@
 struct s {
 	...
- 	T ttl;
 	...
 };
