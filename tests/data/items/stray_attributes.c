static __init int setup(void) { return 0; }
int __cold noinline report(char __user *to, struct ring __iomem * __restrict from) __must_hold(lock)
{
	u8 __percpu *slot __free(kfree) = 0;
	int spare __maybe_unused, NOINIT(used) = 1;

	return (__force int)to[0];
}
__format(1, 2) void note(const char *fmt, ...);
struct __packed header { u8 kind; } __aligned(4);
static struct header __pure *first __section("x"), second __attribute__((weak)) = { 1 };
TARGET("fast") static void quick(void) { }
struct ring spare_ring __section(".spare") = { 0 };
mask_t __valid_mask __read_mostly = 1;
static DEFINE_BUFFER(char, block[8]) __aligned(8);
typedef unsigned int word __mode(SI);
