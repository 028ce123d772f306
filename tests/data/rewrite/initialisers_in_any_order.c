struct driver one = {
	.name = "one",
	.owner = THIS_MODULE,
	.probe = one_probe
};
