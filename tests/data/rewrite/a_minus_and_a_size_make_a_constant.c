void f(int n)
{
	set(-1);
	set(sizeof(n));
	set(MAX_SIZE);
	set("text");
	set(NULL);
	set(n);
	set(Max);
	set(n + 1);
}
