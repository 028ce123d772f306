void g(int a, long b)
{
	trace("at %08x\n", a);
	trace("at %d\n", a);
	trace("none\n");
	say("now %d and %s later", a, b);
	say("now %d later", a);
	say("wait...");
}
