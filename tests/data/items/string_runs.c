static const char *banner = PREFIX "one" " two" STRING(x) "three";
void say(int n)
{
	log(LEVEL "n is %" FMTd64 "\n", n);
	log("a" "b");
	log("caf\xe9 é\e", 'x', '\e', L"wide");
}
