void f(int a)
{
	switch (a) {
	case 1: {
		while (a) {
		case 2:
			continue;
		}
		break;
	}
	}
	end();
}
