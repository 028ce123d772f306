int pick(int a, struct point *p)
{
	a = a ?: b ? c : d ?: e;
	*p = (struct point){};
	*p = (struct point){ .x = 1, y: 2, [0 ... 3] = { } };
	a = ({ int t = a; t + 1; });
	a += __alignof__(a) + __alignof__(struct point) + _Alignof(int) + sizeof a;
	a = __builtin_offsetof(struct point, x) + __extension__ 3;
	_Static_assert(sizeof(a) == 4);
	return _Generic(a, int: 1, struct point *: 2, default: 3);
}
