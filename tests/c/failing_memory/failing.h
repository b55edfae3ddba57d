/*
 * Calls while memory fails. Each scenario runs in a process of its own, once for each request for memory that its calls
 * make, and the request is refused. Whatever a scenario does beside those calls has all the memory it wants.
 */

#ifndef FAILING_H
#define FAILING_H

#include "../check.h"

struct scenario {
    const char *name;
    void (*run)(void);
};

/* Each ends with a name that is NULL. */
extern const struct scenario one_shot[], compression_streams[], decompression_streams[], sources_and_sinks[], batches[],
    dictionaries[], settings[];

extern zst_error err;

/**
 * zst_status CALL(place of the outputs, function, (arguments)): calls while memory fails. A call that gets none must
 * say so and leave the outputs alone. Then there is memory again and the call is repeated. It may fail once more if it
 * is about a stream that the first failure has ended.
 */
#define CALL(outputs, function, arguments)                            \
    (call_begins(#function, &(outputs), sizeof(outputs)),             \
     call_ends(function arguments) ? call_again(function arguments) : call_status())

/** The same where nothing can be ended by a failure: there is success in the end. */
#define MUST(outputs, function, arguments) CHECK(CALL(outputs, function, arguments) >= ZST_OK)

/** The same, but the call is not repeated. */
#define TRY(outputs, function, arguments) \
    (call_begins(#function, &(outputs), sizeof(outputs)), call_ends(function arguments), call_status())

/** ASKS_FOR_NONE(result =, function, (arguments)): calls a function that never asks for memory, and checks that. */
#define ASKS_FOR_NONE(result, function, arguments) \
    (none_begins(#function), (void)(result function arguments), none_ends())

/** Where a function has no outputs. */
extern char nothing;

void call_begins(const char *function, void *outputs, size_t size);
int call_ends(zst_status status);
zst_status call_again(zst_status status);
zst_status call_status(void);
void none_begins(const char *function);
void none_ends(void);

/** Calls from here on may return this status for other reasons than memory. ZST_OK: none. */
void also_expected(zst_status status);

/** From here on nothing is refused any more. */
void memory_recovers(void);

/** A compressor with worker threads or without. */
zst_compressor *new_compressor(int32_t threads);
/** Frees it, after a look whether it works when there is memory. */
void end_compressor(zst_compressor *compressor, int32_t threads);
zst_decompressor *new_decompressor(void);
void end_decompressor(zst_decompressor *decompressor);

/** What half of it compresses well; with `threads` so much of it that they are used. free() it. */
char *text_for(int32_t threads, size_t *out_len);

/* A source that lends `data` in blocks, and a sink that has room enough. Neither asks for memory. */
struct feed {
    const void *data;
    size_t len, block, at;
    int taken, drops;
};

struct drain {
    unsigned char *bytes;
    size_t len, room;
    int32_t fails_with; /* what write() returns */
    int taken, drops;
};

/** For one stream, from the start. */
const zst_source *source_of(struct feed *feed);
const zst_sink *sink_of(struct drain *drain);

/** Whether these are frames with this content. */
int holds(const void *frames, size_t frames_len, const void *content, size_t len);
/** Whether these are the first bytes of such frames. */
int begins(const void *frames, size_t frames_len, const void *content, size_t len);

#endif
