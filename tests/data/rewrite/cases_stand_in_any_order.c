void f(int kind)
{
	switch (kind) {
	case OLDER:
		prepare();
		if (kind)
			warn();
		break;
	case NEW:
		work();
		break;
	case OLD:
		warn();
		break;
	}
}
