static struct usb_driver some_driver = {
	.id_table = some_ids,
	.soft = 1,
	.lpm = 1,
	.resume = some_resume,
};
