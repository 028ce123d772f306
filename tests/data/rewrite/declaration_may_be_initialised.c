static int initialised[4] = { 1, 2 };
EXPORT(initialised);
static int sized[5];
EXPORT(sized);
