/*
 * The library is loaded, used with helper threads, and unloaded, again and again: after zst_free_idle_contexts() no thread
 * is left that would go on in code which is not there any more. The argument is the path of the library.
 */

#define _POSIX_C_SOURCE 200809L

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "zst.h"

/* Like check.h, which would link with the library. */
#define CHECK(condition) ((condition) ? (void)0 : check_failed(__LINE__, #condition))

static void check_failed(int line, const char *condition) {
    fprintf(stderr, "test_unload.c:%d: %s\n", line, condition);
    exit(1);
}

/* The function with this name; ISO C knows no shorter way from a void * to a function. */
static void find(void *library, const char *name, void *out_function) {
    void *address = dlsym(library, name);
    CHECK(address != NULL);
    memcpy(out_function, &address, sizeof address);
}

enum { ROUNDS = 30, COUNT = 300, LEN = 1000 };

static char text[COUNT * LEN];

static void use(void *library) {
    zst_status (*compressor_new)(int32_t, const zst_compression_dict *, zst_compressor **, zst_error *);
    zst_status (*compress)(const zst_compressor *, const zst_slice *, size_t, int32_t,
                           zst_buffer_with_segments_collection **, zst_error *);
    void (*compressor_free)(zst_compressor *);
    void (*collection_free)(zst_buffer_with_segments_collection *);
    void (*free_idle_contexts)(void);
    static zst_slice items[COUNT];
    zst_compressor *compressor;
    zst_buffer_with_segments_collection *frames;
    size_t at;
    find(library, "zst_compressor_new", &compressor_new);
    find(library, "zst_compressor_multi_compress_to_buffer", &compress);
    find(library, "zst_compressor_free", &compressor_free);
    find(library, "zst_buffer_with_segments_collection_free", &collection_free);
    find(library, "zst_free_idle_contexts", &free_idle_contexts);
    for (at = 0; at < COUNT; at++) {
        items[at].data = text + at * LEN;
        items[at].len = LEN;
    }
    CHECK(compressor_new(1, NULL, &compressor, NULL) == ZST_OK);
    CHECK(compress(compressor, items, COUNT, -1, &frames, NULL) == ZST_OK);
    collection_free(frames);
    compressor_free(compressor);
    free_idle_contexts();
}

int main(int argc, char **argv) {
    int round;
    size_t at;
    CHECK(argc == 2);
    for (at = 0; at < sizeof text; at++) text[at] = "abcdefgh"[at * at % 61 % 8];
    for (round = 0; round < ROUNDS; round++) {
        void *library = dlopen(argv[1], RTLD_NOW | RTLD_LOCAL);
        CHECK(library != NULL);
        use(library);
        CHECK(dlclose(library) == 0);
        CHECK(dlopen(argv[1], RTLD_NOW | RTLD_NOLOAD) == NULL);
    }
    return 0;
}
