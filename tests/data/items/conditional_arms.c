#ifdef CONFIG_A
int start(int a)
{
#else
int start(void)
{
#endif
	return 0;
}

int count(int a,
#ifdef CONFIG_B
	  int b)
#else
	  long b)
#endif
{
#if 0
	this is (never read;
#endif
	if (a) {
#ifdef CONFIG_C
	} else if (b) {
#endif
		a++;
	}
	return a;
}
#if 0
int dead(void) {
#else
int alive;
#endif
SHOW(alive)
#ifdef CONFIG_D
SHOW(count)
#endif
extern "C" {
int inside(void);
}
