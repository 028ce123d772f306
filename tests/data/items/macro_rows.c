static int x;
SHOW(x)
SHOW(y);
static DEFINE_LOCK(guard);
static DEFINE_LIST(rows, 3)[2] = { { 1 }, { 2 } };
const struct table NAMED(rows, "x") = { 0 };
setup_call(start)
setup_call(stop)
int after(void) { return 0; }
