int f(int a)
{
	switch (a) {
	case 1:
		one();
	case 2:
		two();
		break;
	default:
		other();
		return 1;
	}
	return 0;
}
