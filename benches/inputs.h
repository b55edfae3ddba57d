/*
 * What the rows work on: the corpora that run.py makes, pieces of them as sets, and the handles that stay.
 */
#ifndef INPUTS_H
#define INPUTS_H

#ifndef ZSTD_STATIC_LINKING_ONLY
#define ZSTD_STATIC_LINKING_ONLY
#endif
#include "bench.h"
#include <zst.h>
#include <zstd.h>

enum { LEVEL = 3, KIB = 1 << 10, MIB = 1 << 20, DICTIONARY_SIZE = 112640 };

extern struct piece sources, program, records;

/* The records, each a line, as training takes them. */
struct samples {
    struct piece joined;
    size_t *sizes;
    zst_slice *slices;
    size_t count;
};
extern struct samples samples;

/* The zst side's handles, and the raw side's digested dictionaries; the raw contexts belong to workers. */
extern zst_compressor *compressor, *dict_compressor;
extern zst_decompressor *decompressor, *dict_decompressor;
extern zst_compression_dict *dictionary;
extern struct piece dictionary_bytes;
extern ZSTD_CDict *cdict;
extern ZSTD_DDict *ddict;
/* Contexts that have loaded the dictionary, or refer to it, for good. */
extern ZSTD_CCtx *cctx_with_dictionary, *cctx_with_cdict;

/* Takes results, so that none of them is optimised away. */
extern volatile size_t sink;

/* Fail unless it went well. */
size_t sound(size_t code);
void ok(zst_status status, const zst_error *error);

/* `size` bytes of the corpus, beginning anew at its end if that must be. */
struct piece cut(struct piece corpus, size_t from, size_t size);

/* How the frames of a set are made. */
enum frames { WITH_SIZE, WITHOUT_SIZE, WITHOUT_SIZE_IN_SMALL_BLOCKS, WITH_DICTIONARY };

struct piece compress_as(struct piece plain, enum frames kind);
struct set make_pieces(struct piece corpus, size_t size, size_t count, enum frames kind);
/* Records of 300 to 380 bytes that the dictionary was not trained on. */
struct set make_records(size_t count);

void read_corpora(const char *directory);
void make_dictionary(void);

#endif
