#include <linux/bio.h>
#include <linux/mm.h>

int x;
