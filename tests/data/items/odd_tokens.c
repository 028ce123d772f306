int limits[] = { 08, 16 KB, 1.5e3f, 0b101, 0x1p-3, 10UL, 1000000000000ull };
static unsigned __int128 wide;
int price$;
__thread int own;
__auto_type T = 1;
int café = 1;

static int b;