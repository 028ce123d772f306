#include <complex.h>

int mix(void)
{
	double gain;
	double complex sum;
	float complex part;

	return run(&gain, &sum, &part);
}
