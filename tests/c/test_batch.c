/* Batches: many items in one call; from several threads, in child processes, and where no thread can be made. */

#define _GNU_SOURCE

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "check.h"

/* Enough for a batch to call helpers, where there are CPUs for them. */
enum { COUNT = 300, LEN = 900 };

/* Items, among them empty ones, and what each of them is compressed to on its own. */
struct batch {
    size_t count;
    char *text;
    zst_slice *items;
    zst_bytes *frames;
    zst_slice *frame_slices;
};

static struct batch make_batch(const zst_compressor *compressor, size_t count, size_t len, unsigned seed) {
    struct batch batch;
    size_t at;
    batch.count = count;
    batch.text = make_text(count * len, seed);
    batch.items = malloc(count * sizeof *batch.items);
    batch.frames = malloc(count * sizeof *batch.frames);
    batch.frame_slices = malloc(count * sizeof *batch.frame_slices);
    CHECK(batch.items != NULL && batch.frames != NULL && batch.frame_slices != NULL);
    for (at = 0; at < count; at++) {
        zst_slice *item = &batch.items[at];
        item->data = at % 10 == 3 ? NULL : batch.text + at * len;
        item->len = at % 10 == 3 ? 0 : len - at % 7;
        CHECK(zst_compressor_compress(compressor, item->data, item->len, &batch.frames[at], NULL) == ZST_OK);
        batch.frame_slices[at].data = batch.frames[at].data;
        batch.frame_slices[at].len = batch.frames[at].len;
    }
    return batch;
}

static void free_batch(struct batch *batch) {
    size_t at;
    for (at = 0; at < batch->count; at++) zst_bytes_free(&batch->frames[at]);
    free(batch->frame_slices);
    free(batch->frames);
    free(batch->items);
    free(batch->text);
}

/* A result has the expected items in their order; frees it. */
static void check_result(zst_buffer_with_segments_collection *result, const zst_slice *expected, size_t count) {
    size_t at;
    CHECK(zst_buffer_with_segments_collection_count(result) == count);
    for (at = 0; at < count; at++) {
        zst_buffer_segment segment;
        CHECK(zst_buffer_with_segments_collection_segment(result, at, &segment, NULL) == ZST_OK);
        CHECK(same(segment.data, segment.len, expected[at].data, expected[at].len));
    }
    zst_buffer_with_segments_collection_free(result);
}

struct handles {
    zst_compressor *compressor;
    zst_decompressor *decompressor;
};

static struct handles make_handles(void) {
    struct handles handles;
    CHECK(zst_compressor_new(1, NULL, &handles.compressor, NULL) == ZST_OK);
    CHECK(zst_decompressor_new(NULL, &handles.decompressor, NULL) == ZST_OK);
    return handles;
}

static void free_handles(struct handles *handles) {
    zst_compressor_free(handles->compressor);
    zst_decompressor_free(handles->decompressor);
}

static void round_trip(const struct handles *handles, const struct batch *batch, int32_t threads) {
    zst_buffer_with_segments_collection *result;
    zst_error err;
    fill(&err, sizeof err);
    CHECK(succeeds(&err, zst_compressor_multi_compress_to_buffer(handles->compressor, batch->items, batch->count,
                                                                 threads, &result, &err)));
    check_result(result, batch->frame_slices, batch->count);
    CHECK(succeeds(&err, zst_decompressor_multi_decompress_to_buffer(handles->decompressor, batch->frame_slices,
                                                                     batch->count, NULL, 0, threads, &result, &err)));
    check_result(result, batch->items, batch->count);
}

/* The CPUs of this process: a batch has no more threads. */
static size_t cpus(void) {
    cpu_set_t set;
    CHECK(sched_getaffinity(0, sizeof set, &set) == 0);
    return (size_t)CPU_COUNT(&set);
}

static size_t count_threads(void) {
    DIR *directory = opendir("/proc/self/task");
    struct dirent *entry;
    size_t count = 0;
    CHECK(directory != NULL);
    while ((entry = readdir(directory)) != NULL) count += entry->d_name[0] != '.';
    closedir(directory);
    return count;
}

/* A thread that was waited for is seen in /proc for another moment. */
static int threads_become(size_t expected) {
    const struct timespec moment = {0, 1000000};
    int tries;
    for (tries = 0; tries < 2000 && count_threads() != expected; tries++) nanosleep(&moment, NULL);
    return count_threads() == expected;
}

/* Stands before that of the system, for the library too. */
static volatile int refuse_threads = 0;
static volatile int threads_wanted = 0;

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*start)(void *), void *argument) {
    static int (*create)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
    if (create == NULL) *(void **)(&create) = dlsym(RTLD_NEXT, "pthread_create");
    threads_wanted++;
    return refuse_threads ? EAGAIN : create(thread, attributes, start, argument);
}

static void all_kinds_of_input(void) {
    static const int32_t threads[] = {1, 0, 2, 5, -1, INT32_MAX, INT32_MIN};
    struct handles handles = make_handles();
    struct batch batch = make_batch(handles.compressor, COUNT, LEN, 1);
    zst_segment *segments = malloc(COUNT * sizeof *segments);
    zst_buffer_with_segments *buffer;
    zst_buffer_with_segments_collection *collection, *frames, *result;
    zst_error err;
    size_t at;
    fill(&err, sizeof err);
    CHECK(segments != NULL);
    for (at = 0; at < COUNT; at++) {
        segments[at].offset = batch.items[at].len == 0 ? 0 : at * LEN;
        segments[at].length = batch.items[at].len;
    }
    CHECK(succeeds(&err, zst_buffer_with_segments_new(batch.text, COUNT * LEN, segments, COUNT * sizeof *segments, NULL,
                                                      NULL, &buffer, &err)));
    free(segments);
    CHECK(succeeds(&err, zst_buffer_with_segments_collection_new((const zst_buffer_with_segments *const *)&buffer, 1,
                                                                 &collection, &err)));
    for (at = 0; at < sizeof threads / sizeof threads[0]; at++) {
        round_trip(&handles, &batch, threads[at]);
        CHECK(succeeds(&err, zst_compressor_multi_compress_to_buffer_from_buffer(handles.compressor, buffer,
                                                                                 threads[at], &frames, &err)));
        /* Frames go from one batch into the next as they are. */
        CHECK(succeeds(&err, zst_decompressor_multi_decompress_to_buffer_from_collection(
                                 handles.decompressor, frames, NULL, 0, threads[at], &result, &err)));
        check_result(result, batch.items, COUNT);
        check_result(frames, batch.frame_slices, COUNT);
        CHECK(succeeds(&err, zst_compressor_multi_compress_to_buffer_from_collection(handles.compressor, collection,
                                                                                     threads[at], &frames, &err)));
        check_result(frames, batch.frame_slices, COUNT);
    }
    zst_buffer_with_segments_collection_free(collection);
    zst_buffer_with_segments_free(buffer);
    free_batch(&batch);
    free_handles(&handles);
}

static void decompressed_sizes(void) {
    struct handles handles = make_handles();
    zst_compression_parameters *parameters;
    zst_compressor *sizeless;
    struct batch batch;
    uint64_t sizes[3]; /* of items that are not empty: 0 stands for a recorded size */
    unsigned char bytes[sizeof sizes + 1];
    zst_buffer_with_segments_collection *result;
    zst_error err;
    size_t at;
    fill(&err, sizeof err);
    CHECK(succeeds(&err, zst_compression_parameters_new(&parameters, &err)));
    CHECK(succeeds(&err, zst_compression_parameters_set(parameters, ZST_C_WRITE_CONTENT_SIZE, 0, &err)));
    CHECK(succeeds(&err, zst_compressor_new_from_parameters(parameters, NULL, &sizeless, &err)));
    zst_compression_parameters_free(parameters);
    batch = make_batch(sizeless, 3, LEN, 2);
    for (at = 0; at < 3; at++) sizes[at] = batch.items[at].len;
    memcpy(bytes + 1, sizes, sizeof sizes); /* they need no alignment */
    CHECK(succeeds(&err,
                   zst_decompressor_multi_decompress_to_buffer(handles.decompressor, batch.frame_slices, 3, bytes + 1,
                                                               sizeof sizes, -1, &result, &err)));
    check_result(result, batch.items, 3);

    fill(&result, sizeof result);
    CHECK(fails(ZST_ERROR_VALUE, "could not determine decompressed size of item 0", &err,
                zst_decompressor_multi_decompress_to_buffer(handles.decompressor, batch.frame_slices, 3, NULL, 0, 2,
                                                            &result, &err)));
    CHECK(fails(ZST_ERROR_VALUE, "size mismatch; expected 24, got 16", &err,
                zst_decompressor_multi_decompress_to_buffer(handles.decompressor, batch.frame_slices, 3, sizes,
                                                            sizeof sizes - 8, 2, &result, &err)));
    for (at = 0; at < 2; at++) {
        zst_status status;
        sizes[2] = at == 0 ? LEN / 2 : UINT64_C(1) << 63;
        status = zst_decompressor_multi_decompress_to_buffer(handles.decompressor, batch.frame_slices, 3, sizes,
                                                             sizeof sizes, 2, &result, &err);
        CHECK(status == ZST_ERROR_ZSTD && err.item_index == 2);
        CHECK(fails(ZST_ERROR_ZSTD, "error decompressing item 2: ", &err, status));
    }
    CHECK(untouched(&result, sizeof result));
    zst_compressor_free(sizeless);
    free_batch(&batch);
    free_handles(&handles);
}

/* The first failing item in the order of the items is named, whoever comes upon another one first. */
static void the_first_failure_counts(void) {
    struct handles handles = make_handles();
    struct batch batch = make_batch(handles.compressor, COUNT, LEN, 3);
    zst_buffer_with_segments_collection *result;
    zst_error err;
    int32_t threads;
    fill(&err, sizeof err);
    fill(&result, sizeof result);
    batch.frame_slices[41].len -= 3;
    batch.frame_slices[42].data = "no frame";
    batch.frame_slices[42].len = 8;
    batch.frame_slices[COUNT - 1].len -= 1;
    for (threads = -1; threads <= 4; threads++) {
        zst_status status = zst_decompressor_multi_decompress_to_buffer(
            handles.decompressor, batch.frame_slices, COUNT, NULL, 0, threads, &result, &err);
        CHECK(status < 0 && err.status == status && err.item_index == 41);
        CHECK(strstr(err.message, "error decompressing item 41: ") == err.message);
        CHECK(untouched(&result, sizeof result));
        fill(&err, sizeof err);
    }
    batch.frame_slices[41].len += 3;
    CHECK(fails(ZST_ERROR_VALUE, "could not determine decompressed size of item 42", &err,
                zst_decompressor_multi_decompress_to_buffer(handles.decompressor, batch.frame_slices, COUNT, NULL, 0,
                                                            -1, &result, &err)));
    batch.frame_slices[42].data = batch.frames[42].data;
    batch.frame_slices[42].len = batch.frames[42].len;
    batch.frame_slices[COUNT - 1].len += 1;
    round_trip(&handles, &batch, -1);
    free_batch(&batch);
    free_handles(&handles);
}

static void what_is_no_batch(void) {
    static const zst_slice empty[2] = {{NULL, 0}, {"", 0}}, bad[2] = {{"a", 1}, {NULL, 1}};
    struct handles handles = make_handles();
    const zst_compressor *compressor = handles.compressor;
    const zst_decompressor *decompressor = handles.decompressor;
    zst_buffer_with_segments_collection *result;
    zst_error err;
    fill(&err, sizeof err);
    fill(&result, sizeof result);
    CHECK(fails(ZST_ERROR_VALUE, "no source elements found", &err,
                zst_compressor_multi_compress_to_buffer(compressor, NULL, 0, -1, &result, &err)));
    CHECK(fails(ZST_ERROR_VALUE, "source elements are empty", &err,
                zst_compressor_multi_compress_to_buffer(compressor, empty, 2, -1, &result, &err)));
    CHECK(fails(ZST_ERROR_VALUE, "must pass at least 1 argument", &err,
                zst_decompressor_multi_decompress_to_buffer(decompressor, NULL, 0, NULL, 0, -1, &result, &err)));
    CHECK(fails(ZST_ERROR_VALUE, "could not determine decompressed size of item 0", &err,
                zst_decompressor_multi_decompress_to_buffer(decompressor, empty, 2, NULL, 0, -1, &result, &err)));
    CHECK(refuses_null("items", &err,
                       zst_compressor_multi_compress_to_buffer(compressor, bad, 2, -1, &result, &err)));
    CHECK(refuses_null("items", &err,
                       zst_decompressor_multi_decompress_to_buffer(decompressor, NULL, 2, NULL, 0, -1, &result, &err)));
    CHECK(refuses_null("compressor", &err, zst_compressor_multi_compress_to_buffer(NULL, bad, 1, 1, &result, &err)));
    CHECK(refuses_null("decompressor", &err,
                       zst_decompressor_multi_decompress_to_buffer(NULL, bad, 1, NULL, 0, 1, &result, &err)));
    CHECK(refuses_null("out", &err, zst_compressor_multi_compress_to_buffer(compressor, bad, 1, 1, NULL, &err)));
    CHECK(untouched(&result, sizeof result));
    free_handles(&handles);
}

static void helpers_are_made_when_they_are_worth_it_and_end_on_request(void) {
    struct handles handles = make_handles();
    struct batch batch = make_batch(handles.compressor, COUNT, LEN, 4);
    struct batch small = {0};
    size_t alone, round;
    small.items = batch.items;
    small.frame_slices = batch.frame_slices;
    zst_free_idle_contexts();
    CHECK(threads_become(1));
    alone = count_threads();

    for (small.count = 1; small.count <= 3; small.count++) {
        threads_wanted = 0;
        round_trip(&handles, &small, 1);
        round_trip(&handles, &batch, 0);
        CHECK(threads_wanted == 0);
    }
    for (round = 0; round < 10; round++) {
        threads_wanted = 0;
        round_trip(&handles, &batch, -1);
        round_trip(&handles, &batch, 1000);
        /* They are kept from one batch to the next. */
        CHECK((size_t)threads_wanted == cpus() - 1);
        zst_free_idle_contexts();
        CHECK(threads_become(alone));
        zst_free_idle_contexts();
    }
    free_batch(&batch);
    free_handles(&handles);
}

static void small_batches_make_no_threads(void) {
    struct handles handles = make_handles();
    struct batch batch = make_batch(handles.compressor, 1, 20, 5);
    int round;
    zst_free_idle_contexts();
    threads_wanted = 0;
    for (round = 0; round < 100; round++) round_trip(&handles, &batch, -1);
    CHECK(threads_wanted == 0);
    free_batch(&batch);
    free_handles(&handles);
}

static void without_threads_the_caller_does_it(void) {
    struct handles handles = make_handles();
    struct batch batch = make_batch(handles.compressor, COUNT, LEN, 6);
    zst_free_idle_contexts();
    CHECK(threads_become(1));
    refuse_threads = 1;
    threads_wanted = 0;
    round_trip(&handles, &batch, -1);
    CHECK(cpus() == 1 || threads_wanted > 0);
    CHECK(count_threads() == 1);
    zst_free_idle_contexts();
    refuse_threads = 0;
    round_trip(&handles, &batch, -1);
    free_batch(&batch);
    free_handles(&handles);
}

struct other {
    const struct handles *handles;
    const struct batch *batch;
    volatile int *stop;
    unsigned number;
};

static void *work(void *argument) {
    const struct other *other = argument;
    int32_t round;
    for (round = 0; other->stop != NULL ? !*other->stop : round < 10; round++) {
        round_trip(other->handles, other->batch, round % 4 - 1);
        if ((unsigned)round % 5 == other->number) zst_free_idle_contexts();
    }
    return NULL;
}

enum { OTHERS = 6 };

static void start_others(struct other *others, pthread_t *threads, const struct handles *handles,
                         const struct batch *batch, volatile int *stop) {
    unsigned at;
    for (at = 0; at < OTHERS; at++) {
        others[at].handles = handles;
        others[at].batch = batch;
        others[at].stop = stop;
        others[at].number = at;
        CHECK(pthread_create(&threads[at], NULL, work, &others[at]) == 0);
    }
}

static void many_threads_run_batches(void) {
    struct handles handles = make_handles();
    struct batch batch = make_batch(handles.compressor, COUNT, LEN, 7);
    struct other others[OTHERS];
    pthread_t threads[OTHERS];
    size_t at;
    start_others(others, threads, &handles, &batch, NULL);
    for (at = 0; at < OTHERS; at++) CHECK(pthread_join(threads[at], NULL) == 0);
    zst_free_idle_contexts();
    CHECK(threads_become(1));
    free_batch(&batch);
    free_handles(&handles);
}

/*
 * Runs batches in a child process; returns whether they had threads. They have none where the fork met a moment in which
 * a helper was about to fall asleep: what helpers know of each other is lost then, which costs the child only time.
 */
static int in_a_child(const struct handles *handles, const struct batch *batch) {
    int status;
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        struct handles own = make_handles();
        alarm(120); /* rather than waiting for ever for a thread that does not exist */
        CHECK(count_threads() == 1);
        threads_wanted = 0;
        round_trip(handles, batch, -1);
        round_trip(&own, batch, -1);
        CHECK(threads_wanted == 0 || (size_t)threads_wanted == cpus() - 1);
        zst_free_idle_contexts();
        CHECK(threads_become(1));
        /* Not _exit(): valgrind would find what other threads held. */
        execlp("sh", "sh", "-c", threads_wanted > 0 ? "exit 10" : "exit 11", (char *)NULL);
        _exit(2);
    }
    CHECK(waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status) && (WEXITSTATUS(status) == 10 || WEXITSTATUS(status) == 11));
    return WEXITSTATUS(status) == 10;
}

static void a_child_process_after_a_batch(void) {
    struct handles handles = make_handles();
    struct batch batch = make_batch(handles.compressor, COUNT, LEN, 8);
    int round, with_threads = 0;
    for (round = 0; round < 3; round++) {
        round_trip(&handles, &batch, -1);
        with_threads += in_a_child(&handles, &batch);
        round_trip(&handles, &batch, -1);
    }
    CHECK(with_threads > 0 || cpus() == 1);
    free_batch(&batch);
    free_handles(&handles);
}

static void a_child_process_while_batches_run(void) {
    struct handles handles = make_handles();
    struct batch batch = make_batch(handles.compressor, COUNT, LEN, 9);
    struct other others[OTHERS];
    pthread_t threads[OTHERS];
    volatile int stop = 0;
    size_t at;
    int round;
    start_others(others, threads, &handles, &batch, &stop);
    for (round = 0; round < 5; round++) (void)in_a_child(&handles, &batch);
    stop = 1;
    for (at = 0; at < OTHERS; at++) CHECK(pthread_join(threads[at], NULL) == 0);
    round_trip(&handles, &batch, -1);
    free_batch(&batch);
    free_handles(&handles);
}

/* Contexts with worker threads are of no use in a child: it makes new ones, and frees none of the parent's. */
static void a_child_process_with_worker_threads(void) {
    struct handles handles = make_handles();
    zst_compression_parameters *parameters;
    struct batch batch;
    zst_compressor_free(handles.compressor);
    CHECK(zst_compression_parameters_new(&parameters, NULL) == ZST_OK);
    CHECK(zst_compression_parameters_set(parameters, ZST_C_THREADS, 2, NULL) == ZST_OK);
    CHECK(zst_compressor_new_from_parameters(parameters, NULL, &handles.compressor, NULL) == ZST_OK);
    zst_compression_parameters_free(parameters);
    batch = make_batch(handles.compressor, 2, 1 << 20, 12);
    if (fork() == 0) {
        zst_compression_obj *unfinished;
        zst_bytes bytes;
        alarm(120);
        round_trip(&handles, &batch, -1);
        CHECK(zst_compressor_compress(handles.compressor, batch.text, 100, &bytes, NULL) == ZST_OK);
        CHECK(zst_compressor_compressobj(handles.compressor, ZST_CONTENTSIZE_UNKNOWN, &unfinished, NULL) == ZST_OK);
        zst_compression_obj_free(unfinished);
        zst_bytes_free(&bytes);
        free_handles(&handles);
        execlp("true", "true", (char *)NULL); /* not _exit(): valgrind would find the contexts of the parent */
        _exit(2);
    } else {
        int status;
        CHECK(wait(&status) > 0);
        CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
    round_trip(&handles, &batch, -1);
    free_batch(&batch);
    free_handles(&handles);
}

static pthread_t main_thread;
static volatile sig_atomic_t signals_here = 0, signals_elsewhere = 0;

static void count_signal(int number) {
    (void)number;
    if (pthread_equal(pthread_self(), main_thread)) {
        signals_here++;
    } else {
        signals_elsewhere++;
    }
}

/* The helpers exist, and the main thread takes no signals for a while: they wait for it. */
static void signals_are_not_for_helpers(void) {
    struct handles handles = make_handles();
    struct batch batch = make_batch(handles.compressor, COUNT, LEN, 10);
    struct sigaction action = {0};
    sigset_t one, before, after;
    int round;
    main_thread = pthread_self();
    action.sa_handler = count_signal;
    CHECK(sigaction(SIGUSR1, &action, NULL) == 0);
    CHECK(pthread_sigmask(SIG_SETMASK, NULL, &before) == 0);
    zst_free_idle_contexts();
    round_trip(&handles, &batch, -1);
    CHECK(pthread_sigmask(SIG_SETMASK, NULL, &after) == 0);
    CHECK(sigismember(&after, SIGUSR1) == 0 && sigismember(&after, SIGTERM) == sigismember(&before, SIGTERM));

    sigemptyset(&one);
    sigaddset(&one, SIGUSR1);
    for (round = 1; round <= 10; round++) {
        CHECK(pthread_sigmask(SIG_BLOCK, &one, NULL) == 0);
        CHECK(kill(getpid(), SIGUSR1) == 0);
        round_trip(&handles, &batch, -1);
        CHECK(signals_here == round - 1 && signals_elsewhere == 0);
        CHECK(pthread_sigmask(SIG_UNBLOCK, &one, NULL) == 0);
        CHECK(signals_here == round && signals_elsewhere == 0);
    }
    signal(SIGUSR1, SIG_DFL);
    free_batch(&batch);
    free_handles(&handles);
}

/* The main thread stays in its fault; a helper that gets as far as this ends the process well. */
static void on_fault(int number) {
    (void)number;
    while (pthread_equal(pthread_self(), main_thread)) pause();
    execlp("true", "true", (char *)NULL); /* not _exit(): valgrind would find what the main thread holds */
    _exit(2);
}

enum { PAGE = 4096, PAGES = 200 };

/* A program that handles the fault of a mapped file that became shorter does so in helpers too. */
static void faults_are_for_helpers(void) {
    int status;
    pid_t child;
    if (cpus() == 1) return;
    child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        struct handles handles = make_handles();
        zst_buffer_with_segments_collection *result;
        zst_slice items[PAGES];
        FILE *file = tmpfile(); /* empty: each access is a fault */
        char *data;
        size_t at;
        CHECK(file != NULL);
        data = mmap(NULL, PAGE * PAGES, PROT_READ, MAP_SHARED, fileno(file), 0);
        CHECK(data != MAP_FAILED);
        for (at = 0; at < PAGES; at++) {
            items[at].data = data + at * PAGE;
            items[at].len = PAGE;
        }
        main_thread = pthread_self();
        alarm(120);
        CHECK(signal(SIGBUS, on_fault) != SIG_ERR);
        (void)zst_compressor_multi_compress_to_buffer(handles.compressor, items, PAGES, -1, &result, NULL);
        _exit(3);
    }
    CHECK(waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

int main(void) {
    all_kinds_of_input();
    decompressed_sizes();
    the_first_failure_counts();
    what_is_no_batch();
    helpers_are_made_when_they_are_worth_it_and_end_on_request();
    small_batches_make_no_threads();
    without_threads_the_caller_does_it();
    many_threads_run_batches();
    a_child_process_after_a_batch();
    a_child_process_while_batches_run();
    a_child_process_with_worker_threads();
    signals_are_not_for_helpers();
    faults_are_for_helpers();
    zst_free_idle_contexts();
    return 0;
}
