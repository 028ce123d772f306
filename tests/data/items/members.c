struct device {
	word_start
	DECLARE_MAP(features, 64);
	PADDING(0)
	PADDING(1)
	u8 low:4, :4;
	union { int a; struct inner *b; };
	struct_group(both, int c; int d;);
	int (*open)(struct device *, ino number), tail[];
	word_end
};
enum color : u8 { RED, GREEN __deprecated = 3, SHADES(blue), };
enum empty { };
