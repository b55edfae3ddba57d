/* What the pieces of code in the pages take for granted. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zst.h>
#include <zstd.h>

extern zst_compressor *compressor;
extern zst_decompressor *decompressor;
extern zst_compression_dict *dict, *old_dict;
extern zst_source source;
extern zst_sink sink;
extern zst_error err;
extern const unsigned char *src, *frame;
extern unsigned char *dst;
extern size_t src_len, frame_len, dst_len;
extern uint64_t size, read, written;

int fail(const char *message);
void store(const uint8_t *data, size_t len);
