ElfN(Sym) *symbols;
static ElfN(Word) count(ElfN(Sym) *s, DECLARE_SET(set, 8))
{
	ElfN(Word) n = *(ElfN(Word) *)s;
	void (*hook)(int) = (void (*)(int))s;
	fn_t (*table[2])(void);

	return (__force u32)(u16)get(n) + sizeof(ElfN(Sym) *);
}
static int HANDLER(OPEN)(struct ring *r) { return 0; }
void __weak (*power_off)(void);
