#include <linux/a.h>
#include <asm/b.h>
#include <linux/c.h>
#ifdef CONFIG_D
#include <linux/d.h>
#endif
#include "e.h"
#include "f.h"
