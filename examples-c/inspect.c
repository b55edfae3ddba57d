/*
 * Prints what the frames of .zst files say about themselves, without decoding them.
 *
 *     make examples
 *     target/examples-c/inspect archive.zst
 *     target/examples-c/inspect -t archive.zst      decodes too, which finds damage that headers cannot show
 *
 * Shows: frame headers, the size of a frame, the bound on its content, skippable frames, and how to walk through
 * everything in a file. A file that is cut or damaged is printed up to there, then the offset of the bad frame and
 * what is wrong with it; the exit code is 1.
 */

#define _POSIX_C_SOURCE 200809L
#define _FILE_OFFSET_BITS 64

#include "files.h"
#include <inttypes.h>
#include <string.h>
#include <zst.h>

enum { SUCCESS = 0, FAILURE = 1, USAGE = 2 };

static const char USAGE_TEXT[] =
    "usage: inspect [-t] FILE.zst...\n"
    "\n"
    "  -t  test: decode every frame as well, and verify its checksum (not for frames that need a dictionary)\n"
    "\n"
    "offset      where the frame begins in the file\n"
    "header      bytes of the frame header\n"
    "compressed  bytes of the whole frame\n"
    "content     bytes that the header promises; 'unknown' when it does not; of a skippable frame, its payload\n"
    "bound       bytes that the content does not exceed, whatever the header promises\n"
    "window      bytes of memory that a decoder needs for matches\n"
    "dict        id of the dictionary that is needed\n"
    "checksum    whether a checksum follows the content\n";

struct totals {
    unsigned long frames;
    unsigned long skippable;
    uint64_t content;
    int content_known;
    uint64_t bound;
};

struct frame {
    zst_frame_parameters header;
    size_t compressed_size;
    uint64_t bound;
};

/* All that can be said about the first frame in `src` without decoding it. */
static zst_status look_at_frame(const uint8_t *src, size_t len, struct frame *out, zst_error *err) {
    zst_status status = zst_get_frame_parameters(src, len, ZST_FORMAT_ZSTD1, &out->header, err);
    if (status == ZST_OK) {
        status = zst_frame_compressed_size(src, len, ZST_FORMAT_ZSTD1, &out->compressed_size, err);
    }
    if (status == ZST_OK) {
        status = zst_decompress_bound(src, out->compressed_size, ZST_FORMAT_ZSTD1, &out->bound, err);
    }
    return status;
}

static zst_status decode_frame(const zst_decompressor *decompressor, const uint8_t *src, size_t len, zst_error *err) {
    zst_bytes content = {0};
    zst_status status = zst_decompressor_decompress(decompressor, src, len, 0, 0, &content, NULL, err);
    zst_bytes_free(&content);
    return status;
}

static void print_headings(const char *path) {
    printf("%s\n%12s  %-12s %6s %12s %12s %12s %11s %10s  %s\n", path, "offset", "type", "header", "compressed",
           "content", "bound", "window", "dict", "checksum");
}

static void print_frame(size_t offset, const struct frame *frame) {
    const zst_frame_parameters *header = &frame->header;
    if (header->frame_type == ZST_FRAME_TYPE_SKIPPABLE) {
        printf("%12zu  skippable %2" PRIu32 " %6" PRIu32 " %12zu %12" PRIu64 " %12s %11s %10s  %s\n", offset,
               header->magic_variant, header->header_size, frame->compressed_size, header->content_size, "-", "-", "-",
               "-");
        return;
    }
    char content[24] = "unknown";
    if (header->content_size != ZST_CONTENTSIZE_UNKNOWN) {
        snprintf(content, sizeof content, "%" PRIu64, header->content_size);
    }
    char dict[16] = "none";
    if (header->dict_id != 0) {
        snprintf(dict, sizeof dict, "%" PRIu32, header->dict_id);
    }
    printf("%12zu  %-12s %6" PRIu32 " %12zu %12s %12" PRIu64 " %11" PRIu64 " %10s  %s\n", offset, "zstd",
           header->header_size, frame->compressed_size, content, frame->bound, header->window_size, dict,
           header->has_checksum ? "yes" : "no");
}

static void add_frame(struct totals *totals, const struct frame *frame) {
    if (frame->header.frame_type == ZST_FRAME_TYPE_SKIPPABLE) {
        totals->skippable++;
        return;
    }
    totals->frames++;
    totals->bound += frame->bound;
    if (frame->header.content_size == ZST_CONTENTSIZE_UNKNOWN) {
        totals->content_known = 0;
    } else {
        totals->content += frame->header.content_size;
    }
}

static void print_totals(size_t len, const struct totals *totals) {
    printf("       total  %lu frame%s, %lu skippable; %zu bytes", totals->frames, totals->frames == 1 ? "" : "s",
           totals->skippable, len);
    if (!totals->content_known) {
        printf(", content unknown, at most %" PRIu64 " bytes\n", totals->bound);
    } else if (totals->frames > 0) {
        printf(", content %" PRIu64 " bytes, ratio %.2f\n", totals->content, (double)totals->content / (double)len);
    } else {
        printf("\n");
    }
}

static int inspect_bytes(const char *path, const uint8_t *data, size_t len, const zst_decompressor *decompressor) {
    struct totals totals = {0, 0, 0, 1, 0};
    zst_error err;
    size_t offset = 0;
    do { /* an empty file is no frame, and said to be none by the first step */
        struct frame frame;
        zst_status status = look_at_frame(data + offset, len - offset, &frame, &err);
        if (status == ZST_OK) {
            if (offset == 0) {
                print_headings(path);
            }
            print_frame(offset, &frame);
        }
        if (status == ZST_OK && decompressor != NULL) {
            status = decode_frame(decompressor, data + offset, frame.compressed_size, &err);
        }
        if (status < 0) {
            fflush(stdout); /* so that the two stay in order */
            fprintf(stderr, "inspect: %s: at offset %zu of %zu: %s\n", path, offset, len, err.message);
            return FAILURE;
        }
        add_frame(&totals, &frame);
        offset += frame.compressed_size;
    } while (offset < len);
    print_totals(len, &totals);
    return SUCCESS;
}

static int inspect_file(const char *path, const zst_decompressor *decompressor) {
    file_content file = {0};
    int failure = read_file(path, &file);
    if (failure != 0) {
        fflush(stdout);
        fprintf(stderr, "inspect: %s: %s\n", path, strerror(failure));
        return FAILURE;
    }
    int failed = inspect_bytes(path, file.data, file.len, decompressor);
    free(file.data);
    return failed;
}

int main(int argc, char **argv) {
    int test = 0;
    int letter;
    while ((letter = getopt(argc, argv, "th")) != -1) {
        switch (letter) {
        case 't': test = 1; break;
        case 'h': fputs(USAGE_TEXT, stdout); return SUCCESS;
        default: fputs(USAGE_TEXT, stderr); return USAGE;
        }
    }
    if (optind == argc) {
        fputs(USAGE_TEXT, stderr);
        return USAGE;
    }

    int failed = SUCCESS;
    zst_decompressor *decompressor = NULL;
    zst_error err;
    if (test && zst_decompressor_new(NULL, &decompressor, &err) < 0) {
        fprintf(stderr, "inspect: %s\n", err.message);
        return FAILURE;
    }
    for (int i = optind; i < argc; i++) {
        if (inspect_file(argv[i], decompressor) != SUCCESS) {
            failed = FAILURE;
        }
    }
    zst_decompressor_free(decompressor);
    zst_free_idle_contexts(); /* not needed before an exit, but leak checkers then find nothing at all */
    if (fflush(stdout) != 0) {
        fprintf(stderr, "inspect: standard output: %s\n", strerror(errno));
        failed = FAILURE;
    }
    return failed;
}
