void compare(int a)
{
	check(a, ==, 3);
	check(, a, );
	repeat({ step(a); a++; });
	guard(a, return -1);
	guard(a, if (a) leave(); else stay());
	fill(.member = 1, { 1, 2 });
	catch(int e = a);
}
