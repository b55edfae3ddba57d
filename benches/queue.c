#define _GNU_SOURCE
#include "queue.h"
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_IN_A_RUN = 64, RUNS_PER_THREAD = 64 };

static struct {
    ZSTD_CCtx *cctx[MOST_THREADS];
    ZSTD_DCtx *dctx[MOST_THREADS];
    unsigned char *dst;
    size_t dst_size;
    struct piece *results;

    pthread_mutex_t lock;
    pthread_cond_t bell, done;
    size_t helpers; /* that exist */
    size_t wanted, inside;
    size_t next_number;

    void (*work)(size_t number);
    const struct set *set;
    size_t threads, run;
    _Alignas(64) atomic_size_t handed_out;
} queue = {.lock = PTHREAD_MUTEX_INITIALIZER, .bell = PTHREAD_COND_INITIALIZER, .done = PTHREAD_COND_INITIALIZER};

/* The next items for a thread, from `first` up to the number that is returned; none if that is `first`. */
static size_t take(size_t *first) {
    size_t count = queue.set->count;
    size_t from = atomic_fetch_add_explicit(&queue.handed_out, queue.run, memory_order_relaxed);
    *first = from < count ? from : count;
    return count - *first < queue.run ? count : *first + queue.run;
}

/* Results lie behind each other, in a part of the memory for each thread. */
static void compress_items(size_t number) {
    size_t part = queue.dst_size / queue.threads;
    unsigned char *dst = queue.dst + number * part, *end = dst + part;
    ZSTD_CCtx *cctx = queue.cctx[number];
    const struct piece *items = queue.set->plain;
    size_t first, last;
    while ((last = take(&first)) > first) {
        for (size_t i = first; i < last; i++) {
            size_t len = sound(ZSTD_compress2(cctx, dst, (size_t)(end - dst), items[i].data, items[i].len));
            queue.results[i] = (struct piece){dst, len};
            dst += len;
        }
    }
}

static void decompress_items(size_t number) {
    ZSTD_DCtx *dctx = queue.dctx[number];
    const struct piece *items = queue.set->frame;
    size_t first, last;
    while ((last = take(&first)) > first) {
        for (size_t i = first; i < last; i++) {
            struct piece place = queue.results[i];
            size_t len = sound(ZSTD_decompressDCtx(dctx, place.data, place.len, items[i].data, items[i].len));
            check(len == place.len, "wrong size");
        }
    }
}

static void *help(void *unused) {
    (void)unused;
    pthread_mutex_lock(&queue.lock);
    for (;;) {
        while (!queue.wanted) pthread_cond_wait(&queue.bell, &queue.lock);
        queue.wanted--;
        queue.inside++;
        size_t number = queue.next_number++;
        pthread_mutex_unlock(&queue.lock);
        queue.work(number);
        pthread_mutex_lock(&queue.lock);
        if (--queue.inside == 0) pthread_cond_signal(&queue.done);
    }
    return NULL;
}

static void run_batch(const struct set *set, size_t threads, void (*work)(size_t)) {
    queue.set = set;
    queue.threads = threads;
    size_t run = set->count / (threads * RUNS_PER_THREAD);
    queue.run = run < 1 ? 1 : run > MOST_IN_A_RUN ? MOST_IN_A_RUN : run;
    queue.work = work;
    atomic_store(&queue.handed_out, 0);
    if (threads > 1) {
        pthread_mutex_lock(&queue.lock);
        while (queue.helpers < threads - 1) {
            pthread_t id;
            check(pthread_create(&id, NULL, help, NULL) == 0, "cannot create a thread");
            pthread_detach(id);
            queue.helpers++;
        }
        queue.wanted = threads - 1;
        queue.next_number = 1;
        pthread_mutex_unlock(&queue.lock);
        pthread_cond_broadcast(&queue.bell);
    }
    work(0);
    if (threads > 1) {
        pthread_mutex_lock(&queue.lock);
        queue.wanted = 0; /* whoever has not come yet is too late */
        while (queue.inside) pthread_cond_wait(&queue.done, &queue.lock);
        pthread_mutex_unlock(&queue.lock);
    }
    sink += queue.results[set->count - 1].len;
}

void raw_compress_batch(const struct set *set, size_t threads) { run_batch(set, threads, compress_items); }

void raw_decompress_batch(const struct set *set, size_t threads) {
    unsigned char *dst = queue.dst, *end = dst + queue.dst_size;
    for (size_t i = 0; i < set->count; i++) {
        unsigned long long size = ZSTD_getFrameContentSize(set->frame[i].data, set->frame[i].len);
        check(size < ZSTD_CONTENTSIZE_ERROR && size <= (size_t)(end - dst), "no content size, or no room");
        queue.results[i] = (struct piece){dst, (size_t)size};
        dst += size;
    }
    run_batch(set, threads, decompress_items);
}

struct piece raw_result(size_t item) { return queue.results[item]; }

static size_t larger(size_t a, size_t b) { return a > b ? a : b; }

void make_queue(size_t items, size_t bounds, size_t contents) {
    /* A thread may do all of it, in its part of the memory. */
    queue.dst_size = larger(MOST_THREADS * bounds, contents);
    queue.dst = allocate(queue.dst_size);
    queue.results = (struct piece *)allocate(items * sizeof *queue.results);
    for (size_t i = 0; i < MOST_THREADS && !queue.cctx[i]; i++) {
        struct worker worker = make_worker(0);
        queue.cctx[i] = worker.raw_cctx;
        queue.dctx[i] = worker.raw_dctx;
        free(worker.dst);
    }
}

void free_queue(void) {
    free(queue.dst);
    free(queue.results);
}
