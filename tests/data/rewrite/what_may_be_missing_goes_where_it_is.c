int f(int a)
{
	start();
	if (a) {
		flush();
		stop();
		return 0;
	}
	stop();
	return 1;
}
