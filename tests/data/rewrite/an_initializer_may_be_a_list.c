#include "ops.h"

int start(void)
{
	static const ops_t table = { 1, run, .stop = halt, };
	int count = { 3 };

	return go(&table, count);
}
