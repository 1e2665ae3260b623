// The most multiply-adds in single precision that one thread does: in registers, without loads. What multiplies matrices
// is compared with it. Prints `program,quantity,threads,nanoseconds`.
#include <stdio.h>
#include <time.h>

typedef float vector __attribute__((vector_size(64)));
enum { CHAINS = 10, LANES = sizeof(vector) / sizeof(float) };

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

int main(void) {
    // As many independent chains as hide the time of one multiply-add.
    vector sums[CHAINS] = {{0}};
    const vector factor = (vector){0} + 1.0000001f, term = (vector){0} + 1e-9f;
    const long steps = 20000000;
    double least = 1e30;
    for (int round = 0; round < 7; round++) {
        const double start = now();
        for (long step = 0; step < steps; step++)
            for (int i = 0; i < CHAINS; i++) sums[i] = sums[i] * factor + term;
        const double took = 1e9 * (now() - start) / ((double)steps * CHAINS * LANES);
        if (took < least) least = took;
    }
    // What is not used would not be computed.
    float used = 0;
    for (int i = 0; i < CHAINS; i++) used += sums[i][0];
    if (used < 0) return 1;
    printf("registers,multiply-add,1,%.4f\n", least);
    return 0;
}
