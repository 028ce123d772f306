void f(int a)
{
	start();
	if (a)
		start();
	else
		stop();
	while (a)
		start(); /* again */
}
