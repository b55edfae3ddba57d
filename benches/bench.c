#define _GNU_SOURCE
#include "bench.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#ifdef WITH_CALLGRIND
#include <valgrind/callgrind.h>
#endif

const char *row_filter = NULL;

_Noreturn void fail(const char *what, ...) {
    va_list args;
    va_start(args, what);
    fputs("benchmark: ", stderr);
    vfprintf(stderr, what, args);
    fputc('\n', stderr);
    va_end(args);
    exit(1);
}

void check(int condition, const char *what) {
    if (!condition) fail("%s", what);
}

static double clock_now(clockid_t id) {
    struct timespec t;
    clock_gettime(id, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

double now(void) { return clock_now(CLOCK_MONOTONIC); }

double cpu_time(void) { return clock_now(CLOCK_THREAD_CPUTIME_ID); }

static int compare(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double quantile(const double *values, size_t count, double q) {
    double sorted[64];
    check(count > 0 && count <= 64, "too many rounds");
    memcpy(sorted, values, count * sizeof *values);
    qsort(sorted, count, sizeof *sorted, compare);
    double at = q * (double)(count - 1);
    size_t below = (size_t)at;
    size_t above = below + 1 < count ? below + 1 : below;
    return sorted[below] + (at - (double)below) * (sorted[above] - sorted[below]);
}

double median(double *values, size_t count) { return quantile(values, count, 0.5); }

unsigned char *allocate(size_t size) {
    unsigned char *p = malloc(size ? size : 1);
    if (!p) fail("no memory for %zu bytes", size);
    return p;
}

struct piece read_file(const char *directory, const char *name) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    FILE *file = fopen(path, "rb");
    if (!file) fail("cannot open %s", path);
    fseek(file, 0, SEEK_END);
    struct piece piece = {NULL, (size_t)ftell(file)};
    rewind(file);
    piece.data = allocate(piece.len);
    if (fread(piece.data, 1, piece.len, file) != piece.len) fail("cannot read %s", path);
    fclose(file);
    return piece;
}

struct set make_set(size_t count) {
    struct set set = {NULL, NULL, count, 0, SIZE_MAX, 0};
    set.plain = (struct piece *)allocate(count * sizeof *set.plain);
    set.frame = (struct piece *)allocate(count * sizeof *set.frame);
    return set;
}

int wanted(const char *area, const char *name) {
    return !row_filter || strstr(area, row_filter) || strstr(name, row_filter);
}

static const char *goal_name(enum goal kind) {
    static const char *const names[] = {"none",        "ratio",   "ratio_of_times", "ratio_instructions",
                                        "nanoseconds", "speed_up"};
    return names[kind];
}

void report(const struct row *row, const double *raw, const double *zst, size_t rounds, const char *note) {
    double ratios[64];
    check(rounds <= 64, "too many rounds");
    for (size_t i = 0; i < rounds; i++) ratios[i] = zst[i] / raw[i];
    printf("{\"kind\": \"time\", \"area\": \"%s\", \"name\": \"%s\", \"goal_kind\": \"%s\", \"goal\": %g, "
           "\"goal_extra\": %g, \"raw\": %.3f, \"zst\": %.3f, \"ratio\": %.5f, \"low\": %.5f, \"high\": %.5f, "
           "\"rounds\": %zu, \"note\": \"%s\"}\n",
           row->area, row->name, goal_name(row->kind), row->goal, row->goal_extra, quantile(raw, rounds, 0.5),
           quantile(zst, rounds, 0.5), quantile(ratios, rounds, 0.5), quantile(ratios, rounds, 0.25),
           quantile(ratios, rounds, 0.75), rounds, note);
    fflush(stdout);
}

void report_figure(const char *area, const char *name, double value, const char *unit, double goal) {
    printf("{\"kind\": \"figure\", \"area\": \"%s\", \"name\": \"%s\", \"value\": %.5f, \"unit\": \"%s\", "
           "\"goal\": %g}\n",
           area, name, value, unit, goal);
    fflush(stdout);
}

/* Both sides are called through the same loop, and a call through a pointer costs both the same. */
static __attribute__((noinline)) void run(struct worker *worker, const struct set *set, operation *side, size_t from,
                                          size_t operations) {
    size_t index = from % set->count;
    for (size_t i = 0; i < operations; i++) {
        side(worker, set, index);
        if (++index == set->count) index = 0;
    }
}

static double timed(struct worker *worker, const struct row *row, operation *side, size_t from, size_t operations) {
    double start = cpu_time();
    run(worker, row->set, side, from, operations);
    return cpu_time() - start;
}

static void time_row(struct worker *worker, const struct row *row) {
    if (!wanted(row->area, row->name)) return;
    enum { TURNS = 5 };
    const double turn = 5e6; /* ns; five of them make a round */
    size_t operations = 1;
    double shorter;
    for (;;) {
        double raw = timed(worker, row, row->raw, 0, operations);
        double zst = timed(worker, row, row->zst, 0, operations);
        shorter = raw < zst ? raw : zst;
        if (shorter >= turn) break;
        double factor = shorter > turn / 100 ? 1.2 * turn / shorter : 10;
        operations = (size_t)((double)operations * factor) + 1;
    }
    size_t turns = operations > 1 ? TURNS : 1;
    size_t rounds = shorter > 4 * turn ? FEWER_ROUNDS : ROUNDS;
    double raw[ROUNDS], zst[ROUNDS];
    for (size_t round = 0; round < rounds; round++) {
        raw[round] = zst[round] = 0;
        for (size_t turn_number = 0; turn_number < turns; turn_number++) {
            size_t from = (round * turns + turn_number) * operations;
            if ((round + turn_number) % 2) {
                zst[round] += timed(worker, row, row->zst, from, operations);
                raw[round] += timed(worker, row, row->raw, from, operations);
            } else {
                raw[round] += timed(worker, row, row->raw, from, operations);
                zst[round] += timed(worker, row, row->zst, from, operations);
            }
        }
        raw[round] /= (double)(turns * operations);
        zst[round] /= (double)(turns * operations);
    }
    report(row, raw, zst, rounds, "");
}

#ifdef WITH_CALLGRIND
static void count_side(struct worker *worker, const struct row *row, operation *side, const char *side_name) {
    char label[512];
    snprintf(label, sizeof label, "%s|%s|%s", row->area, row->name, side_name);
    run(worker, row->set, side, 0, row->counted / 4 + 2);
    CALLGRIND_ZERO_STATS;
    run(worker, row->set, side, 0, row->counted);
    CALLGRIND_DUMP_STATS_AT(label);
}

/* The counts themselves are in the files that callgrind writes; run.py puts them together with this. */
static void count_row(struct worker *worker, const struct row *row) {
    if (!row->counted || !wanted(row->area, row->name)) return;
    count_side(worker, row, row->raw, "raw");
    count_side(worker, row, row->zst, "zst");
    printf("{\"kind\": \"count\", \"area\": \"%s\", \"name\": \"%s\", \"goal_kind\": \"%s\", \"goal\": %g, "
           "\"operations\": %zu}\n",
           row->area, row->name, goal_name(row->kind), row->goal, row->counted);
    fflush(stdout);
}
#else
static void count_row(struct worker *worker, const struct row *row) {
    (void)worker;
    (void)row;
    fail("built without valgrind's headers, which counting needs (Debian: apt install valgrind)");
}
#endif

void each(struct worker *worker, enum mode mode, const struct row *rows, size_t count) {
    for (size_t i = 0; i < count; i++) (mode == TIME ? time_row : count_row)(worker, &rows[i]);
}

static double status_bytes(const char *field) {
    FILE *file = fopen("/proc/self/status", "r");
    check(file != NULL, "no /proc/self/status");
    char line[256];
    double kib = -1;
    while (fgets(line, sizeof line, file))
        if (strncmp(line, field, strlen(field)) == 0) kib = atof(line + strlen(field));
    fclose(file);
    return kib * 1024;
}

/* A fork begins with its peak at what it has. */
double peak_in_child(void (*warm_up)(void *), void (*work)(void *), void *argument) {
    int ends[2];
    check(pipe(ends) == 0, "no pipe");
    fflush(stdout);
    pid_t child = fork();
    check(child >= 0, "cannot fork");
    if (child == 0) {
        warm_up(argument);
        double before = status_bytes("VmRSS:");
        work(argument);
        double peak = status_bytes("VmHWM:") - before;
        check(write(ends[1], &peak, sizeof peak) == sizeof peak, "cannot write");
        _exit(0);
    }
    double peak;
    close(ends[1]);
    check(read(ends[0], &peak, sizeof peak) == sizeof peak, "the child failed");
    close(ends[0]);
    waitpid(child, NULL, 0);
    return peak;
}
