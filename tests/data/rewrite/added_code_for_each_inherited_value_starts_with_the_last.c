static void stop(struct dev *d)
{
	unlock_late(tx);
	unlock_late(queue);
	unlock_late(rx);
	leave();
	done(d);
}
