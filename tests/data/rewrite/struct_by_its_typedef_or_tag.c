struct tagged {
	long a;
	int refs;
};

typedef struct {
	int refs;
} named_t;

struct other {
	long refs;
};

int sum(struct tagged *t, named_t *n, struct other *o)
{
	return t->refs + n->refs + o->refs;
}
