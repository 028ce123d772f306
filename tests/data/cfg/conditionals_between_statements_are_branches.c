void f(int a)
{
	before();
#ifdef CONFIG_A
	one();
#elif defined(CONFIG_B)
	two();
#else
	three();
#endif
	between();
#ifdef CONFIG_C
	return;
#endif
	after();
}
