void f(int a)
{
	while (a) {
		do {
			if (b(a)) {
				leave();
				break;
			}
		} while (a--);
		if (c(a)) {
			leave();
			break;
		}
	}
	while (a)
		if (c(a)) {
			leave();
			break;
		}
}
