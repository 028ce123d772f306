#define WORD int

void f(WORD w, long l)
{
	take(1ul);
	take(0x20UL);
	take(3L);
	take(7);
	take(w);
	take(2u);
}
