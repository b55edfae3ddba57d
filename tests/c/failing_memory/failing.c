/* What the scenarios share, and main(): runs them all, or those that are named; with a mode and a number, only that. */

#define _GNU_SOURCE

#include "failing.h"

#include <errno.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "memory.h"

zst_error err;
char nothing;

enum { FUNCTIONS = 400, NAME = 96, SECONDS = 60, FAULTS = 20 };

/* What a scenario's process tells. */
static struct told {
    long asked, refused;
    int count;
    char called[FUNCTIONS][NAME];
} *told;

static struct {
    void *outputs;
    size_t size;
    long asked;
    zst_status status, also;
} call;

static void note(const char *function) {
    int at;
    for (at = 0; at < told->count; at++)
        if (strcmp(told->called[at], function) == 0) return;
    CHECK(told->count < FUNCTIONS && strlen(function) < NAME);
    strcpy(told->called[told->count++], function);
}

void call_begins(const char *function, void *outputs, size_t size) {
    note(function);
    call.outputs = outputs;
    call.size = size;
    fill(outputs, size);
    fill(&err, sizeof err);
    memory_fails(1);
}

int call_ends(zst_status status) {
    memory_fails(0);
    call.status = status;
    if (status >= ZST_OK) {
        CHECK(untouched(&err, sizeof err));
        return 0;
    }
    CHECK(err.status == status && err.message[0] != 0);
    CHECK(untouched(call.outputs, call.size));
    if (call.also != ZST_OK && status == call.also) return 0;
    /* Of a stream it may be what an earlier call has left to be told. */
    if (memory_refused() == 0 || !(status == ZST_ERROR_MEMORY || err.callback_code == ENOMEM)) {
        fprintf(stderr, "%s, code %d: %s\n", zst_status_name(status), (int)err.callback_code, err.message);
        CHECK(!"it is not for lack of memory");
    }
    fill(&err, sizeof err);
    return 1;
}

zst_status call_again(zst_status status) {
    call.status = status;
    if (status >= ZST_OK) {
        CHECK(untouched(&err, sizeof err));
        return status;
    }
    CHECK(untouched(call.outputs, call.size));
    if (status != ZST_ERROR_MEMORY && status != ZST_ERROR_STATE && status != ZST_ERROR_CLOSED) {
        fprintf(stderr, "%s: %s\n", zst_status_name(status), err.message);
        CHECK(!"a stream does not say that it has ended");
    }
    return status;
}

zst_status call_status(void) { return call.status; }

void also_expected(zst_status status) { call.also = status; }

void memory_recovers(void) { memory_plan(FAILS_NEVER, 0); }

void none_begins(const char *function) {
    note(function);
    fill(&err, sizeof err);
    call.asked = memory_asked();
    memory_fails(1);
}

void none_ends(void) {
    memory_fails(0);
    CHECK(memory_asked() == call.asked);
}

zst_compressor *new_compressor(int32_t threads) {
    zst_compression_parameters *parameters;
    zst_compressor *compressor;
    CHECK(zst_compression_parameters_new(&parameters, NULL) == ZST_OK);
    CHECK(zst_compression_parameters_set(parameters, ZST_C_COMPRESSION_LEVEL, 1, NULL) == ZST_OK);
    CHECK(zst_compression_parameters_set(parameters, ZST_C_WRITE_CHECKSUM, 1, NULL) == ZST_OK);
    CHECK(zst_compression_parameters_set(parameters, ZST_C_THREADS, threads, NULL) == ZST_OK);
    CHECK(zst_compressor_new_from_parameters(parameters, NULL, &compressor, NULL) == ZST_OK);
    zst_compression_parameters_free(parameters);
    return compressor;
}

void end_compressor(zst_compressor *compressor, int32_t threads) {
    size_t len;
    char *text = text_for(threads, &len);
    zst_bytes frame;
    CHECK(zst_compressor_compress(compressor, text, len, &frame, NULL) == ZST_OK);
    CHECK(holds(frame.data, frame.len, text, len));
    ASKS_FOR_NONE(, zst_bytes_free, (&frame));
    ASKS_FOR_NONE(, zst_compressor_free, (compressor));
    free(text);
}

zst_decompressor *new_decompressor(void) {
    zst_decompressor *decompressor;
    CHECK(zst_decompressor_new(NULL, &decompressor, NULL) == ZST_OK);
    return decompressor;
}

void end_decompressor(zst_decompressor *decompressor) {
    zst_bytes frame = make_frame("the end", 7, 3), content;
    CHECK(zst_decompressor_decompress(decompressor, frame.data, frame.len, 0, 0, &content, NULL, NULL) == ZST_OK);
    CHECK(same(content.data, content.len, "the end", 7));
    zst_bytes_free(&frame);
    zst_bytes_free(&content);
    ASKS_FOR_NONE(, zst_decompressor_free, (decompressor));
}

char *text_for(int32_t threads, size_t *out_len) {
    unsigned state = 1;
    size_t at;
    char *text;
    /* libzstd compresses up to 512 KiB without threads. */
    *out_len = threads > 0 ? 700000 : 200000;
    text = malloc(*out_len);
    CHECK(text != NULL);
    for (at = 0; at < *out_len; at++) {
        state = state * 1664525u + 1013904223u;
        text[at] = (char)(state >> 24 & (at / 1000 % 2 == 0 ? 0x7F : 0x03));
    }
    return text;
}

static int32_t feed_read(void *userdata, size_t size_hint, const uint8_t **out_data, size_t *out_len) {
    struct feed *feed = userdata;
    size_t left = feed->len - feed->at;
    (void)size_hint;
    CHECK(feed->drops < feed->taken);
    *out_len = left < feed->block ? left : feed->block;
    *out_data = (const uint8_t *)feed->data + feed->at;
    feed->at += *out_len;
    return 0;
}

static void feed_drop(void *userdata) { ((struct feed *)userdata)->drops++; }

const zst_source *source_of(struct feed *feed) {
    static zst_source source;
    CHECK(feed->drops == feed->taken);
    feed->taken++;
    feed->at = 0;
    source.userdata = feed;
    source.read = feed_read;
    source.drop = feed_drop;
    return &source;
}

static int32_t drain_write(void *userdata, const uint8_t *data, size_t len, size_t *out_written) {
    struct drain *drain = userdata;
    CHECK(drain->drops < drain->taken && len <= drain->room - drain->len);
    if (drain->fails_with != 0) return drain->fails_with;
    memcpy(drain->bytes + drain->len, data, len);
    drain->len += len;
    *out_written = len;
    return 0;
}

static int32_t drain_flush(void *userdata) {
    CHECK(((struct drain *)userdata)->drops < ((struct drain *)userdata)->taken);
    return 0;
}

static void drain_drop(void *userdata) { ((struct drain *)userdata)->drops++; }

const zst_sink *sink_of(struct drain *drain) {
    static zst_sink sink;
    CHECK(drain->drops == drain->taken);
    drain->taken++;
    drain->len = 0;
    sink.userdata = drain;
    sink.write = drain_write;
    sink.flush = drain_flush;
    sink.close = drain_flush;
    sink.drop = drain_drop;
    return &sink;
}

int holds(const void *frames, size_t frames_len, const void *content, size_t len) {
    zst_decompressor *decompressor = new_decompressor();
    zst_bytes got;
    int good;
    CHECK(zst_decompressor_decompress(decompressor, frames, frames_len, len + 1, ZST_DECOMPRESS_READ_ACROSS_FRAMES,
                                      &got, NULL, NULL) == ZST_OK);
    good = same(got.data, got.len, content, len);
    zst_bytes_free(&got);
    zst_decompressor_free(decompressor);
    return good;
}

int begins(const void *frames, size_t frames_len, const void *content, size_t len) {
    zst_decompressor *decompressor = new_decompressor();
    zst_decompression_obj *obj;
    zst_bytes got;
    int good;
    CHECK(zst_decompressor_decompressobj(decompressor, ZST_DECOMPRESS_READ_ACROSS_FRAMES, &obj, NULL) == ZST_OK);
    CHECK(zst_decompression_obj_decompress(obj, frames, frames_len, &got, NULL, NULL) == ZST_OK);
    good = got.len <= len && same(got.data, got.len, content, got.len);
    zst_bytes_free(&got);
    zst_decompression_obj_free(obj);
    zst_decompressor_free(decompressor);
    return good;
}

static void run(const struct scenario *scenario, enum memory_mode mode, long which) {
    memory_plan(mode, which);
    memory_watch();
    alarm(SECONDS);
    scenario->run();
    ASKS_FOR_NONE(, zst_free_idle_contexts, ());
    told->asked = memory_asked();
    told->refused = memory_refused();
    CHECK(memory_leaked() == 0);
}

static const char *const modes[] = {"never", "once", "from"};

/* Runs it in a child. Whether all went well there. */
static int passes(const struct scenario *scenario, enum memory_mode mode, long which) {
    pid_t child;
    int status;
    told->asked = told->refused = 0;
    child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        run(scenario, mode, which);
        _exit(0);
    }
    CHECK(waitpid(child, &status, 0) == child);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return 1;
    fprintf(stderr, "^ %s %s %ld: ", scenario->name, modes[mode], which);
    if (WIFSIGNALED(status))
        fprintf(stderr, "%s\n", strsignal(WTERMSIG(status)));
    else
        fprintf(stderr, "exit code %d\n", WEXITSTATUS(status));
    return 0;
}

/* How many failures of memory it was tried with; tells on stderr what went wrong. */
static long try_all(const struct scenario *scenario, int *faults) {
    long which, tried = 0, asked;
    enum memory_mode mode;
    *faults += !passes(scenario, FAILS_NEVER, 0);
    asked = told->asked;
    for (mode = FAILS_ONCE; mode <= FAILS_FROM_THEN_ON; mode++) {
        /* Until there was nothing left to refuse. After a fault nobody knows; then as often as in the good case. */
        for (which = 1;; which++) {
            int good = passes(scenario, mode, which);
            if (good && told->refused == 0) break;
            if (!good && (++*faults > FAULTS || which > asked)) break;
            tried++;
        }
    }
    printf("%s: %ld requests, %ld failures\n", scenario->name, asked, tried);
    fflush(stdout);
    return tried;
}

int main(int count, char **names) {
    static const struct scenario *const groups[] = {one_shot, compression_streams, decompression_streams,
                                                    sources_and_sinks, batches, dictionaries, settings};
    size_t group;
    int faults = 0, scenarios = 0, at;
    long tried = 0;
    told = mmap(NULL, sizeof *told, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    CHECK(told != MAP_FAILED);
    for (group = 0; group < sizeof groups / sizeof groups[0]; group++) {
        const struct scenario *scenario;
        for (scenario = groups[group]; scenario->name != NULL; scenario++) {
            if (count > 1 && strcmp(scenario->name, names[1]) != 0) continue;
            if (count == 4) {
                run(scenario, names[2][0] == 'o' ? FAILS_ONCE : FAILS_FROM_THEN_ON, atol(names[3]));
                return 0;
            }
            tried += try_all(scenario, &faults);
            scenarios++;
        }
    }
    for (at = 0; at < told->count; at++) printf("called %s\n", told->called[at]);
    printf("%d scenarios, %ld failures of memory, %d faults\n", scenarios, tried, faults);
    return scenarios > 0 && faults == 0 ? 0 : 1;
}
