struct outer {
	int a;
	struct inner {
		int b;
	};
	struct other o;
};
