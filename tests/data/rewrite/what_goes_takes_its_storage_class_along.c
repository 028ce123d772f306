static const int a;
extern int b;
static const int (*hook)(const int);
static char changed;

int main(void)
{
	const static int x;
	static int y, z;
	static const int kept = 1;
	return 0;
}
