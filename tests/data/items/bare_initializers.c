define_board(lamp) {
	.name = "lamp",
	.probe = lamp_probe,
};

BOARD_START(FAN, "fan")
#ifdef CONFIG_FAN
	.speed = FAST(3),
#endif
	.init = fan_init,
BOARD_END

static int after;
