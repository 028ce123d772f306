struct driver one = {
	.name = "one",
	.owner = THIS_MODULE,
	.probe = one_probe
};

struct ops two = {
	.read = two_read,
	.open = two_open,
	.write = two_write,
};
