/*
 * Compresses a file into parts of one size, as stores want them that take uploads in parts.
 *
 * Shows: zst_compressor_chunker(), which gives compressed data in pieces of exactly the size asked for, the last one
 * shorter, whatever the sizes of the input are; a declared size, which is recorded in the frame.
 *
 *     chunked_upload FILE PART_SIZE     writes FILE.part-000000, FILE.part-000001, ...
 *     cat FILE.part-* | zstd -d         restores it
 */

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zst.h>

/* What would be an upload: one part becomes one file. Returns 0 on success. */
static int upload(const char *name, unsigned number, const uint8_t *data, size_t len) {
    char path[4096];
    FILE *file;
    int written;
    if (snprintf(path, sizeof path, "%s.part-%06u", name, number) >= (int)sizeof path) {
        fprintf(stderr, "chunked_upload: %s: the name is too long\n", name);
        return -1;
    }
    file = fopen(path, "wb");
    if (file == NULL) {
        fprintf(stderr, "chunked_upload: %s: %s\n", path, strerror(errno));
        return -1;
    }
    written = fwrite(data, 1, len, file) == len;
    if (fclose(file) != 0 || !written) {
        fprintf(stderr, "chunked_upload: %s: %s\n", path, strerror(errno));
        remove(path);
        return -1;
    }
    printf("%s  %zu bytes\n", path, len);
    return 0;
}

/* Parts of an earlier, longer upload would be taken for the rest of this one. */
static void remove_parts_from(const char *name, unsigned number) {
    char path[4096];
    do {
        snprintf(path, sizeof path, "%s.part-%06u", name, number++);
    } while (remove(path) == 0);
}

/* Uploads all pieces that are ready. Returns 0 on success. */
static int upload_ready(zst_compression_chunker *chunker, const char *name, unsigned *number) {
    const uint8_t *piece;
    size_t len;
    zst_error err;
    zst_status status;
    while ((status = zst_compression_chunker_next(chunker, &piece, &len, &err)) == ZST_OK) {
        if (upload(name, (*number)++, piece, len) != 0) {
            return -1;
        }
    }
    if (status < 0) {
        fprintf(stderr, "chunked_upload: %s: %s\n", name, err.message);
        return -1;
    }
    return 0;
}

static int compress_in_parts(FILE *file, const char *name, uint64_t size, size_t part_size) {
    static char input[ZST_COMPRESSION_RECOMMENDED_INPUT_SIZE];
    zst_compressor *compressor = NULL;
    zst_compression_chunker *chunker = NULL;
    unsigned number = 0;
    size_t len;
    zst_error err;
    int failed = zst_compressor_new(0, NULL, &compressor, &err) < 0 ||
                 zst_compressor_chunker(compressor, size, part_size, &chunker, &err) < 0;
    while (!failed && (len = fread(input, 1, sizeof input, file)) > 0) {
        /* `input` stays as it is until all pieces have been taken. */
        failed = zst_compression_chunker_compress(chunker, input, len, &err) < 0;
        if (!failed && upload_ready(chunker, name, &number) != 0) {
            goto out;
        }
    }
    if (!failed && ferror(file)) {
        fprintf(stderr, "chunked_upload: %s: %s\n", name, strerror(errno));
        failed = -1;
        goto out;
    }
    failed = failed || zst_compression_chunker_finish(chunker, &err) < 0;
    if (failed) {
        fprintf(stderr, "chunked_upload: %s: %s\n", name, err.message);
    } else if (upload_ready(chunker, name, &number) == 0) {
        remove_parts_from(name, number);
        zst_compression_chunker_free(chunker);
        zst_compressor_free(compressor);
        return 0;
    }
out:
    zst_compression_chunker_free(chunker);
    zst_compressor_free(compressor);
    return -1;
}

int main(int argc, char **argv) {
    char *end;
    unsigned long long part_size;
    uint64_t size = ZST_CONTENTSIZE_UNKNOWN;
    FILE *file;
    long length;
    int failed;
    if (argc != 3 || (part_size = strtoull(argv[2], &end, 10)) == 0 || *end != '\0' || part_size > SIZE_MAX / 2) {
        fprintf(stderr, "usage: chunked_upload FILE PART_SIZE\n");
        return 2;
    }
    file = fopen(argv[1], "rb");
    if (file == NULL) {
        fprintf(stderr, "chunked_upload: %s: %s\n", argv[1], strerror(errno));
        return 1;
    }
    /* Pipes have no size; then it is not declared. */
    if (fseek(file, 0, SEEK_END) == 0 && (length = ftell(file)) >= 0 && fseek(file, 0, SEEK_SET) == 0) {
        size = (uint64_t)length;
    }
    failed = compress_in_parts(file, argv[1], size, (size_t)part_size);
    fclose(file);
    zst_free_idle_contexts();
    return failed ? 1 : 0;
}
