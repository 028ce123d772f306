#include "shared.h"

struct page *shared_page;

int take(unsigned long addr)
{
	return pin_user_pages_fast(addr, 1, FOLL_WRITE, &shared_page);
}
