asm(".globl start");
int fence(int a)
{
	register int r asm("r0") = a;

	asm volatile goto("nop" : "=r"(r) : "i"(sizeof(struct s)) : "memory" : out);
	asm_inline volatile(ALTERNATIVE("a", "b"));
	__asm__ __volatile__("" ::: "memory");
out:
	return r;
}
