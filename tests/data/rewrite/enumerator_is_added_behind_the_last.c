enum state {
	OFF = 0,
	STARTING,
	ON
};
