struct packet {
	u8 kind, flags;
	u8 *data, ttl;
	long a, *ttl, c;
};
