/*
 * What every benchmark here shares: sets of inputs, rows that do the same work twice, timing, counting, reporting.
 *
 * A row has two sides, "raw" (libzstd alone) and "zst". They take turns, a few milliseconds each, and the result is the
 * median over the rounds of zst's time divided by raw's: what else happens on the machine hits both alike.
 * Results go to stdout, one JSON object a line; run.py makes tables of them.
 */
#ifndef BENCH_H
#define BENCH_H

#include <stddef.h>
#include <stdint.h>

/* What a thread needs to run a side of a row. */
struct worker {
    void *raw_cctx;
    void *raw_dctx;
    unsigned char *dst;
    size_t dst_size;
};

struct piece {
    unsigned char *data;
    size_t len;
};

/* Inputs of about one size. Operations take them in turn, so that no branch predictor learns one of them by heart. */
struct set {
    struct piece *plain;
    struct piece *frame;
    size_t count;
    size_t largest;
    size_t step;  /* streams are given so many bytes at a time, */
    size_t again; /* and all of them so many times again */
};

typedef void operation(struct worker *worker, const struct set *set, size_t index);

enum goal {
    NO_GOAL,
    RATIO,              /* zst's time, or instructions, by raw's, at most */
    RATIO_OF_TIMES,     /* the same; instructions say nothing, because it is the kernel that works for raw */
    RATIO_INSTRUCTIONS, /* zst's instructions by raw's, at most; times are compared with it too */
    NANOSECONDS,        /* zst's time, at most */
    SPEED_UP            /* how much faster the second side is than the first, at least */
};

struct row {
    const char *area;
    const char *name;
    const struct set *set;
    operation *raw;
    operation *zst;
    enum goal kind;
    double goal;
    double goal_extra; /* nanoseconds that zst may take longer; 0 for no such goal */
    size_t counted;    /* operations that --counts counts; 0: it leaves the row out */
};

enum { ROUNDS = 11, FEWER_ROUNDS = 7 };

_Noreturn void fail(const char *what, ...);
void check(int condition, const char *what);

double now(void);      /* wall clock, in nanoseconds */
double cpu_time(void); /* of this thread */
double median(double *values, size_t count);

unsigned char *allocate(size_t size);
struct piece read_file(const char *directory, const char *name);
struct set make_set(size_t count);

/* Worker number 0 is the main thread's. */
struct worker make_worker(size_t dst_size);

/* Restricts what is run to rows with `text` in their area or name. */
extern const char *row_filter;
int wanted(const char *area, const char *name);

enum mode { TIME, COUNTS };

/* Times the rows, or counts their instructions. */
void each(struct worker *worker, enum mode mode, const struct row *rows, size_t count);
#define EACH(worker, mode, rows) each(worker, mode, rows, sizeof(rows) / sizeof *(rows))

/* By how many bytes the peak of resident memory rises while `work` runs, in a process of its own in which `warm_up` has
 * run: the code's own pages are there then, and what stays in use anyway. */
double peak_in_child(void (*warm_up)(void *), void (*work)(void *), void *argument);

/* For rows that measure in another way: medians of both sides, and of their ratios over the rounds. */
void report(const struct row *row, const double *raw, const double *zst, size_t rounds, const char *note);
void report_figure(const char *area, const char *name, double value, const char *unit, double goal);

#endif
