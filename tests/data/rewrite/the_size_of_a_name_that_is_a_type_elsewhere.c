static const Entry entries[] = { 1, 2 };
static const char *names[] = { "a" };
int number = (sizeof(entries) / sizeof(Entry));
int other = (sizeof(entries) / sizeof(names));
#define ENTRIES sizeof(entries) / sizeof(Entry)
#define NUMBER (sizeof(entries) / sizeof(Entry))
