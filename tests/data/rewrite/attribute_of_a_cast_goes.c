long f(char *p)
{
	return (long __tagged)p + (__tagged long)p;
}
