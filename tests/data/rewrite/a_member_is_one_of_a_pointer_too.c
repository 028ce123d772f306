struct serio {
	struct semaphore sem;
	unsigned number;
};

void f(struct serio *serio, struct serio whole)
{
	unsigned a;
	unsigned int b;

	init_MUTEX(&serio->sem);
	init_MUTEX(&whole.sem);
}

void g(void)
{
	old();
}
