static void fill(void)
{
	grab(head);
	grab(body);
	grab(tail);
	work();
	flush();
}
