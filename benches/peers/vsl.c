// What a C programmer gets from oneMKL's vector statistics: normals, and one point counted.
//
// Prints `program,quantity,threads,nanoseconds` lines, one thread, medians of many blocks of 8192.
// Every generator and method that suits the job is tried; the best of each precision is what counts.
#include <mkl_vsl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { BLOCK = 8192, ROUNDS = 41, BLOCKS = 64 };

static const struct { const char *name; int id; } GENERATORS[] = {
    {"ARS5", VSL_BRNG_ARS5}, {"PHILOX", VSL_BRNG_PHILOX4X32X10}, {"SFMT", VSL_BRNG_SFMT19937},
    {"MCG59", VSL_BRNG_MCG59}, {"MT2203", VSL_BRNG_MT2203},
};
static const struct { const char *name; int id; } METHODS[] = {
    {"ICDF", VSL_RNG_METHOD_GAUSSIAN_ICDF}, {"BoxMuller2", VSL_RNG_METHOD_GAUSSIAN_BOXMULLER2},
    {"BoxMuller", VSL_RNG_METHOD_GAUSSIAN_BOXMULLER},
};
enum { N_GENERATORS = sizeof GENERATORS / sizeof *GENERATORS, N_METHODS = sizeof METHODS / sizeof *METHODS };

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return 1e9 * (double)t.tv_sec + (double)t.tv_nsec;
}
static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}
static double median(double *v) {
    qsort(v, ROUNDS, sizeof *v, ascending);
    return v[ROUNDS / 2];
}

static float f32a[BLOCK], f32b[BLOCK];
static double f64a[BLOCK], f64b[BLOCK];
static uint32_t bits[BLOCK];
static volatile uint64_t sink;

static double normals(VSLStreamStatePtr s, int method, int single) {
    double v[ROUNDS];
    for (int r = 0; r < ROUNDS; r++) {
        double t = now();
        for (int b = 0; b < BLOCKS; b++) {
            if (single) vsRngGaussian(method, s, BLOCK, f32a, 0, 1);
            else vdRngGaussian(method, s, BLOCK, f64a, 0, 1);
        }
        v[r] = (now() - t) / ((double)BLOCKS * BLOCK);
    }
    sink += single ? f32a[7] > 0 : f64a[7] > 0;
    return median(v);
}

// One sample: y, x = y + z, theta = 1 + z; right, and right under attack, of sgn(x + theta).
#define POINT(NAME, T, A, B, GAUSS)                                                                  \
    static double NAME(VSLStreamStatePtr s, int method) {                                            \
        double v[ROUNDS];                                                                            \
        for (int r = 0; r < ROUNDS; r++) {                                                           \
            uint64_t clean = 0, robust = 0;                                                          \
            double t = now();                                                                        \
            for (int b = 0; b < BLOCKS; b++) {                                                       \
                GAUSS(method, s, BLOCK, A, 0, 1);                                                    \
                GAUSS(method, s, BLOCK, B, 1, 1);                                                    \
                viRngUniformBits32(VSL_RNG_METHOD_UNIFORMBITS32_STD, s, BLOCK / 32, bits);           \
                uint32_t c = 0, d = 0;                                                               \
                for (int i = 0; i < BLOCK; i++) {                                                    \
                    T y = (bits[i >> 5] >> (i & 31) & 1) ? (T)1 : (T)-1;                             \
                    T m = y * (y + A[i] + B[i]);                                                     \
                    c += m > (T)0;                                                                   \
                    d += m > (T)0.5;                                                                 \
                }                                                                                    \
                clean += c, robust += d;                                                             \
            }                                                                                        \
            v[r] = (now() - t) / ((double)BLOCKS * BLOCK);                                           \
            sink += clean + robust;                                                                  \
        }                                                                                            \
        return median(v);                                                                            \
    }
POINT(point32, float, f32a, f32b, vsRngGaussian)
POINT(point64, double, f64a, f64b, vdRngGaussian)

int main(void) {
    for (int single = 1; single >= 0; single--) {
        double best = 1e30, best_point = 1e30;
        char name[64] = "", point_name[64] = "";
        for (int g = 0; g < N_GENERATORS; g++) {
            VSLStreamStatePtr s;
            if (vslNewStream(&s, GENERATORS[g].id, 7) != VSL_STATUS_OK) continue;
            for (int m = 0; m < N_METHODS; m++) {
                double ns = normals(s, METHODS[m].id, single);
                double point = single ? point32(s, METHODS[m].id) : point64(s, METHODS[m].id);
                if (ns < best) {
                    best = ns;
                    snprintf(name, sizeof name, "%s %s", GENERATORS[g].name, METHODS[m].name);
                }
                if (point < best_point) {
                    best_point = point;
                    snprintf(point_name, sizeof point_name, "%s %s", GENERATORS[g].name, METHODS[m].name);
                }
            }
            vslDeleteStream(&s);
        }
        const char *precision = single ? "f32" : "f64";
        printf("oneMKL %s (%s),normal,1,%.4f\n", precision, name, best);
        printf("oneMKL %s (%s),point,1,%.4f\n", precision, point_name, best_point);
    }
    return 0;
}
