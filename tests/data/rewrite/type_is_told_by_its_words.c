int count;
unsigned long a, *b;

int f(unsigned long v)
{
	unsigned short s = 0;
	long l;

	return (unsigned long)s + v;
}
