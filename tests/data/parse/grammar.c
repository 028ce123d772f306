static int f(struct s *p, int n)
{
	int a[3] = { 1, [2] = (n) };

	for (int i = 0; i < n; i++)
		if (((n)) + (p->x.y))
			g((p)(n), ({ n; }), &a[i], (int *)p, sizeof(struct s), sizeof n);
	switch (n) {
	case 1 ... 3:
		break;
	default:
		goto out;
	}
	do {
		n -= 2;
	} while (n ? a : b, n);
out:
	return (struct s){ .x = 1 }.x;
}
