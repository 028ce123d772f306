void f(void)
{
	take_lock_irq(&a);
	sleep(1);
}

void g(void)
{
	take_lock(&a);
	first();
	second();
	sleep(2);
}

void h(void)
{
	other(&a);
	first();
	sleep(3);
}
