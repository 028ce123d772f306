@@
identifier driver;
@@
 struct usb_driver driver = {
+	.first = 1,
	.soft = 1,
 };
@@
identifier driver;
@@
 struct usb_driver driver = {
+#ifdef CONFIG_LPM
	.lpm = 1,
+#endif
 };
