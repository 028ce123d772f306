#define keep_units(from, to) 1
#define swap_units(from, to) 1
#define swap_units(a, from, b, to, c, d) 1
#define swap_units(to, from) 1
#define swap_units(a, from, b, c, to) 1
#define swap_units(from) 1
#define no_units() 2
#define no_units(a, b) 2

int units(void)
{
	return 0;
}
