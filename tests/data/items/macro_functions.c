ENTRY_DEFINE3(open, const char *, name, int, flags, mode_t, mode)
{
	return do_open(name, flags);
}
static ENTRY0(close) { return 0; }
attribute_word ENTRY("x", 1) { }
main(argc, argv) { return 0; }
WRAPPED(int) wrapped(int a) { return a; }
