void one(int a)
{
}

void two(int a, int b)
{
}

void four(int a, int b, int c, int d)
{
}

void five(int a, int b, int c, int d, int e)
{
}
