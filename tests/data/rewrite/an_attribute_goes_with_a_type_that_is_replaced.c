#define __cast_kind MACROANNOTATION

int f(unsigned int __nocast mask, int x)
{
	buf = kmalloc(x, mask);
	return (int __cast_kind) buf;
}
