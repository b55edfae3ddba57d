/* Handles in several threads at a time, and in a child process. */

#define _POSIX_C_SOURCE 200809L

#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

enum { THREADS = 4, ROUNDS = 25, LEN = 3000 };

/* What all threads use at the same time. */
struct shared {
    zst_compression_dict *dict;
    zst_compression_parameters *parameters;
    zst_decompression_parameters *limits;
    zst_compressor *plain, *with_dict;
    zst_decompressor *decompressor;
    pthread_barrier_t start;
};

struct thread {
    pthread_t id;
    struct shared *shared;
    unsigned number;
};

static void round_trip(const struct shared *shared, const zst_compressor *compressor, const char *text, size_t len) {
    zst_error err;
    zst_bytes frame, content;
    fill(&err, sizeof err);
    CHECK(succeeds(&err, zst_compressor_compress(compressor, text, len, &frame, &err)));
    CHECK(succeeds(&err, zst_decompressor_decompress(shared->decompressor, frame.data, frame.len, 0, 0, &content, NULL,
                                                     &err)));
    CHECK(same(content.data, content.len, text, len));
    zst_bytes_free(&frame);
    zst_bytes_free(&content);
}

static void check_failures_stay_in_their_thread(const struct shared *shared, unsigned number) {
    zst_error err;
    zst_bytes out;
    char words[32];
    fill(&err, sizeof err);
    fill(&out, sizeof out);
    snprintf(words, sizeof words, "%u, allowed are", 1000 + number);
    CHECK(fails(ZST_ERROR_ZSTD, words, &err,
                zst_compression_parameters_set(shared->parameters, ZST_C_WINDOW_LOG, (int32_t)(1000 + number), &err)));
    CHECK(fails(ZST_ERROR_ZSTD, "", &err,
                zst_decompressor_decompress(shared->decompressor, "no frame!", 9, 0, 0, &out, NULL, &err)));
    CHECK(untouched(&out, sizeof out));
}

static void *work(void *argument) {
    const struct thread *self = argument;
    const struct shared *shared = self->shared;
    char *text = make_text(LEN, self->number);
    zst_error err;
    unsigned round;
    fill(&err, sizeof err);
    pthread_barrier_wait(&self->shared->start);
    for (round = 0; round < ROUNDS; round++) {
        zst_frame_progression progression;
        zst_compressor *own;
        size_t size = 0;
        int32_t window_log;
        int64_t limit;
        round_trip(shared, shared->plain, text, LEN - round);
        round_trip(shared, shared->with_dict, text, 100 + round);
        check_failures_stay_in_their_thread(shared, self->number);
        /* Figures may be asked for while other threads work. */
        CHECK(succeeds(&err, zst_compressor_frame_progression(shared->plain, &progression, &err)));
        CHECK(progression.consumed <= LEN && progression.ingested <= LEN);
        CHECK(succeeds(&err, zst_compressor_memory_size(shared->plain, &size, &err)));
        CHECK(succeeds(&err, zst_decompressor_memory_size(shared->decompressor, &size, &err)));
        CHECK(size > 0);
        /* Parameters and dictionaries may be changed while other threads use them. */
        CHECK(succeeds(&err, zst_compression_parameters_set(shared->parameters, ZST_C_WINDOW_LOG,
                                                            (int32_t)(10 + round % 4), &err)));
        CHECK(succeeds(&err,
                       zst_compression_parameters_get(shared->parameters, ZST_C_WINDOW_LOG, &window_log, &err)));
        CHECK(window_log >= 10 && window_log <= 13);
        CHECK(succeeds(&err, zst_decompression_parameters_set(shared->limits, ZST_D_MAX_OUTPUT_SIZE, round, &err)));
        CHECK(succeeds(&err, zst_decompression_parameters_get(shared->limits, ZST_D_MAX_OUTPUT_SIZE, &limit, &err)));
        CHECK(limit < ROUNDS);
        if (round % 8 == self->number)
            CHECK(succeeds(&err, zst_compression_dict_precompute_compress(shared->dict, 1 + (int32_t)self->number, NULL,
                                                                          &err)));
        CHECK(succeeds(&err, zst_compressor_new_from_parameters(shared->parameters, shared->dict, &own, &err)));
        round_trip(shared, own, text, 200);
        zst_compressor_free(own);
        if (round % 8 == 0) zst_free_idle_contexts();
    }
    free(text);
    return NULL;
}

static void make_shared(struct shared *shared) {
    zst_error err;
    fill(&err, sizeof err);
    shared->dict = make_dictionary(1, 9);
    CHECK(succeeds(&err, zst_compression_parameters_new(&shared->parameters, &err)));
    CHECK(succeeds(&err, zst_compression_parameters_set(shared->parameters, ZST_C_WRITE_DICT_ID, 1, &err)));
    CHECK(succeeds(&err, zst_decompression_parameters_new(&shared->limits, &err)));
    CHECK(succeeds(&err, zst_compressor_new(3, NULL, &shared->plain, &err)));
    CHECK(succeeds(&err, zst_compressor_new(3, shared->dict, &shared->with_dict, &err)));
    CHECK(succeeds(&err, zst_decompressor_new(shared->dict, &shared->decompressor, &err)));
    CHECK(pthread_barrier_init(&shared->start, NULL, THREADS) == 0);
}

static void free_shared(struct shared *shared) {
    pthread_barrier_destroy(&shared->start);
    zst_compression_dict_free(shared->dict);
    zst_decompressor_free(shared->decompressor);
    zst_compressor_free(shared->plain);
    zst_compression_parameters_free(shared->parameters);
    zst_compressor_free(shared->with_dict);
    zst_decompression_parameters_free(shared->limits);
}

static void threads_share_handles(void) {
    struct shared shared;
    struct thread threads[THREADS];
    unsigned at;
    make_shared(&shared);
    for (at = 0; at < THREADS; at++) {
        threads[at].shared = &shared;
        threads[at].number = at;
        CHECK(pthread_create(&threads[at].id, NULL, work, &threads[at]) == 0);
    }
    for (at = 0; at < THREADS; at++) CHECK(pthread_join(threads[at].id, NULL) == 0);
    free_shared(&shared);
}

static void *free_all(void *shared) {
    free_shared(shared);
    return NULL;
}

/* Used in one thread and freed in another, which never made or used them. */
static void another_thread_frees_handles(void) {
    struct shared shared;
    pthread_t other;
    char *text = make_text(LEN, 1);
    make_shared(&shared);
    round_trip(&shared, shared.plain, text, LEN);
    round_trip(&shared, shared.with_dict, text, LEN);
    CHECK(pthread_create(&other, NULL, free_all, &shared) == 0);
    CHECK(pthread_join(other, NULL) == 0);
    free(text);
}

static void check_child(pid_t child) {
    int status;
    CHECK(child > 0);
    CHECK(waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

/* Handles that are idle in the parent work in the child, and still work in the parent. */
static void a_child_process_uses_handles(void) {
    struct shared shared;
    pid_t child;
    char *text = make_text(LEN, 1);
    make_shared(&shared);
    round_trip(&shared, shared.plain, text, LEN);
    round_trip(&shared, shared.with_dict, text, LEN);
    child = fork();
    if (child == 0) {
        zst_error err;
        int32_t value;
        fill(&err, sizeof err);
        alarm(120); /* rather than waiting for ever for a lock that nobody holds */
        round_trip(&shared, shared.plain, text, LEN);
        round_trip(&shared, shared.with_dict, text, LEN);
        CHECK(succeeds(&err, zst_compression_dict_precompute_compress(shared.dict, 5, NULL, &err)));
        CHECK(succeeds(&err, zst_compression_parameters_get(shared.parameters, ZST_C_THREADS, &value, &err)));
        round_trip(&shared, shared.with_dict, text, LEN);
        free_shared(&shared);
        zst_free_idle_contexts();
        free(text);
        _exit(0);
    }
    check_child(child);
    round_trip(&shared, shared.plain, text, LEN);
    round_trip(&shared, shared.with_dict, text, LEN);
    free_shared(&shared);
    free(text);
}

struct busy {
    struct shared *shared;
    int *stop;
};

static void *keep_busy(void *argument) {
    const struct busy *busy = argument;
    char *text = make_text(LEN, 2);
    while (!__atomic_load_n(busy->stop, __ATOMIC_SEQ_CST)) round_trip(busy->shared, busy->shared->plain, text, LEN);
    free(text);
    return NULL;
}

/* The handles are in use by another thread at the moment of the fork. What that thread held is lost in the child, but
 * the child is not stuck. */
static void a_child_process_of_a_busy_parent(void) {
    struct shared shared;
    struct busy busy;
    int stop = 0;
    pthread_t other;
    unsigned round;
    char *text = make_text(LEN, 1);
    make_shared(&shared);
    busy.shared = &shared;
    busy.stop = &stop;
    CHECK(pthread_create(&other, NULL, keep_busy, &busy) == 0);
    for (round = 0; round < 5; round++) {
        pid_t child = fork();
        if (child == 0) {
            alarm(120);
            round_trip(&shared, shared.plain, text, LEN);
            execlp("true", "true", (char *)NULL); /* not _exit(): valgrind would find what the other thread held */
            _exit(2);
        }
        check_child(child);
    }
    __atomic_store_n(&stop, 1, __ATOMIC_SEQ_CST);
    CHECK(pthread_join(other, NULL) == 0);
    free_shared(&shared);
    free(text);
}

int main(void) {
    a_child_process_uses_handles();
    threads_share_handles();
    another_thread_frees_handles();
    a_child_process_of_a_busy_parent();
    zst_free_idle_contexts();
    return 0;
}
