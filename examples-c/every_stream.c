/*
 * Takes a file through every form of streaming, there and back, and compares: one short function for each form and
 * direction, to choose from.
 *
 *     every_stream FILE
 *
 *     form         who reads the input   who writes the output
 *     reader       the library           you, as much as you want at a time
 *     iterator     the library           you, piece by piece, without a copy
 *     writer       you                   the library
 *     copy_stream  the library           the library
 *     chunker      you                   you, in pieces of one size
 *     obj          you                   you, into your own buffer
 *
 * The library reads from a zst_source and writes to a zst_sink. Those below are made of a FILE; zst_source_from_path(),
 * zst_sink_to_bytes() and their like are ready-made ones.
 */

#define _POSIX_C_SOURCE 200809L

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <zst.h>

enum {
    PIECE = 131072, /* what the library reads at a time, and what we do */
    UPLOAD = 1 << 20,
};

/* What all the functions get. Whether a FILE has failed is found out at the end, by ferror(). */
struct job {
    const zst_compressor *compressor;
    const zst_decompressor *decompressor;
    FILE *in, *out;
    uint64_t size; /* of the content */
    unsigned char input[PIECE], output[PIECE];
};

static void put(struct job *job, const void *data, size_t len) { fwrite(data, 1, len, job->out); }

static size_t get(struct job *job) { return fread(job->input, 1, sizeof job->input, job->in); }

/* Lends the next block. It stays as it is until the library asks for another one. */
static int32_t source_read(void *userdata, size_t size_hint, const uint8_t **out_data, size_t *out_len) {
    struct job *job = userdata;
    (void)size_hint; /* any length is good */
    errno = 0;
    *out_len = get(job); /* 0: the end */
    *out_data = job->input;
    return ferror(job->in) ? errno : 0;
}

static int32_t sink_write(void *userdata, const uint8_t *data, size_t len, size_t *out_written) {
    struct job *job = userdata;
    errno = 0;
    *out_written = fwrite(data, 1, len, job->out);
    return *out_written < len ? errno : 0;
}

static zst_source source_of(struct job *job) {
    zst_source source = {job, source_read, NULL}; /* NULL: there is nothing to drop */
    return source;
}

static zst_sink sink_of(struct job *job) {
    zst_sink sink = {job, sink_write, NULL, NULL, NULL};
    return sink;
}

static zst_status compress_by_reader(struct job *job, zst_error *err) {
    zst_source source = source_of(job);
    zst_compression_reader *reader = NULL;
    zst_status status = zst_compressor_stream_reader(job->compressor, &source, job->size, PIECE, &reader, err);
    size_t len = 1;
    while (status == ZST_OK && len > 0) {
        status = zst_compression_reader_readinto(reader, job->output, sizeof job->output, &len, err);
        if (status == ZST_OK) {
            put(job, job->output, len);
        }
    }
    zst_compression_reader_free(reader);
    return status;
}

static zst_status decompress_by_reader(struct job *job, zst_error *err) {
    zst_source source = source_of(job);
    zst_decompression_reader *reader = NULL;
    const int32_t flags = ZST_DECOMPRESS_READ_ACROSS_FRAMES | ZST_DECOMPRESS_STRICT;
    zst_status status = zst_decompressor_stream_reader(job->decompressor, &source, PIECE, flags, &reader, err);
    size_t len = 1;
    while (status == ZST_OK && len > 0) {
        status = zst_decompression_reader_readinto(reader, job->output, sizeof job->output, &len, err);
        if (status == ZST_OK) {
            put(job, job->output, len);
        }
    }
    zst_decompression_reader_free(reader);
    return status;
}

static zst_status compress_by_iterator(struct job *job, zst_error *err) {
    zst_source source = source_of(job);
    zst_compressor_iterator *iterator = NULL;
    zst_status status = zst_compressor_read_to_iter(job->compressor, &source, job->size, PIECE, PIECE, &iterator, err);
    while (status == ZST_OK) {
        const uint8_t *piece;
        size_t len;
        status = zst_compressor_iterator_next(iterator, &piece, &len, err); /* ZST_DONE at the end */
        if (status == ZST_OK) {
            put(job, piece, len);
        }
    }
    zst_compressor_iterator_free(iterator);
    return status;
}

static zst_status decompress_by_iterator(struct job *job, zst_error *err) {
    zst_source source = source_of(job);
    zst_decompressor_iterator *iterator = NULL;
    const int32_t flags = ZST_DECOMPRESS_READ_ACROSS_FRAMES | ZST_DECOMPRESS_STRICT;
    zst_status status =
        zst_decompressor_read_to_iter(job->decompressor, &source, PIECE, PIECE, 0, flags, &iterator, err);
    while (status == ZST_OK) {
        const uint8_t *piece;
        size_t len;
        status = zst_decompressor_iterator_next(iterator, &piece, &len, err);
        if (status == ZST_OK) {
            put(job, piece, len);
        }
    }
    zst_decompressor_iterator_free(iterator);
    return status;
}

static zst_status compress_by_writer(struct job *job, zst_error *err) {
    zst_sink sink = sink_of(job);
    zst_compression_writer *writer = NULL;
    zst_status status = zst_compressor_stream_writer(job->compressor, &sink, job->size, PIECE, &writer, err);
    size_t len;
    while (status == ZST_OK && (len = get(job)) > 0) {
        status = zst_compression_writer_write(writer, job->input, len, NULL, NULL, err);
    }
    if (status == ZST_OK) {
        status = zst_compression_writer_close(writer, err); /* ends the frame */
    }
    zst_compression_writer_free(writer);
    return status;
}

static zst_status decompress_by_writer(struct job *job, zst_error *err) {
    zst_sink sink = sink_of(job);
    zst_decompression_writer *writer = NULL;
    zst_status status =
        zst_decompressor_stream_writer(job->decompressor, &sink, PIECE, ZST_DECOMPRESS_STRICT, &writer, err);
    size_t len;
    while (status == ZST_OK && (len = get(job)) > 0) {
        status = zst_decompression_writer_write(writer, job->input, len, NULL, NULL, err);
    }
    if (status == ZST_OK) {
        status = zst_decompression_writer_close(writer, err); /* tells when the input was cut */
    }
    zst_decompression_writer_free(writer);
    return status;
}

static zst_status compress_by_copy_stream(struct job *job, zst_error *err) {
    zst_source source = source_of(job);
    zst_sink sink = sink_of(job);
    return zst_compressor_copy_stream(job->compressor, &source, &sink, job->size, PIECE, PIECE, NULL, NULL, NULL, err);
}

static zst_status decompress_by_copy_stream(struct job *job, zst_error *err) {
    zst_source source = source_of(job);
    zst_sink sink = sink_of(job);
    return zst_decompressor_copy_stream(job->decompressor, &source, &sink, PIECE, PIECE, 0, NULL, NULL, NULL, err);
}

static zst_status compress_by_chunker(struct job *job, zst_error *err) {
    zst_compression_chunker *chunker = NULL;
    zst_status status = zst_compressor_chunker(job->compressor, job->size, UPLOAD, &chunker, err);
    size_t len = 1;
    while (status == ZST_OK && len > 0) {
        const uint8_t *piece;
        size_t piece_len;
        len = get(job);
        status = len > 0 ? zst_compression_chunker_compress(chunker, job->input, len, err)
                         : zst_compression_chunker_finish(chunker, err);
        while (status == ZST_OK
               && (status = zst_compression_chunker_next(chunker, &piece, &piece_len, err)) == ZST_OK) {
            put(job, piece, piece_len);
        }
        status = status == ZST_DONE ? ZST_OK : status;
    }
    zst_compression_chunker_free(chunker);
    return status;
}

static zst_status decompress_by_chunker(struct job *job, zst_error *err) {
    zst_decompression_chunker *chunker = NULL;
    zst_status status = zst_decompressor_chunker(job->decompressor, UPLOAD, &chunker, err);
    size_t len = 1;
    while (status == ZST_OK && len > 0) {
        const uint8_t *piece;
        size_t piece_len;
        len = get(job);
        status = len > 0 ? zst_decompression_chunker_decompress(chunker, job->input, len, err)
                         : zst_decompression_chunker_finish(chunker, err);
        while (status == ZST_OK
               && (status = zst_decompression_chunker_next(chunker, &piece, &piece_len, err)) == ZST_OK) {
            put(job, piece, piece_len);
        }
        status = status == ZST_DONE ? ZST_OK : status;
    }
    zst_decompression_chunker_free(chunker);
    return status;
}

static zst_status compress_by_obj(struct job *job, zst_error *err) {
    zst_compression_obj *obj = NULL;
    zst_status status = zst_compressor_compressobj(job->compressor, job->size, &obj, err);
    size_t len, used, made;
    while (status == ZST_OK && (len = get(job)) > 0) {
        for (size_t at = 0; status == ZST_OK && at < len; at += used) {
            status = zst_compression_obj_compress_into(obj, job->input + at, len - at, job->output, sizeof job->output,
                                                       &made, &used, err);
            if (status == ZST_OK) {
                put(job, job->output, made);
            }
        }
    }
    while (status == ZST_OK) { /* ZST_DONE when the frame is complete */
        status = zst_compression_obj_flush_into(obj, ZST_COMPRESSOBJ_FLUSH_FINISH, job->output, sizeof job->output,
                                                &made, err);
        if (status >= ZST_OK) {
            put(job, job->output, made);
        }
    }
    zst_compression_obj_free(obj);
    return status;
}

static zst_status decompress_by_obj(struct job *job, zst_error *err) {
    zst_decompression_obj *obj = NULL;
    zst_status status =
        zst_decompressor_decompressobj(job->decompressor, ZST_DECOMPRESS_READ_ACROSS_FRAMES, &obj, err);
    size_t len, used, made;
    while (status == ZST_OK && (len = get(job)) > 0) {
        size_t at = 0;
        do { /* full output: there may be more of it, also when there is no more input */
            status = zst_decompression_obj_decompress_into(obj, job->input + at, len - at, job->output,
                                                           sizeof job->output, &made, &used, err);
            if (status == ZST_OK) {
                put(job, job->output, made);
                at += used;
            }
        } while (status == ZST_OK && (at < len || made == sizeof job->output));
    }
    if (status == ZST_OK && !zst_decompression_obj_at_frame_end(obj)) { /* it waits for more, without a word */
        fprintf(stderr, "every_stream: the input ends inside a frame\n");
    }
    zst_decompression_obj_free(obj);
    return status;
}

static const struct form {
    const char *name;
    zst_status (*compress)(struct job *job, zst_error *err);
    zst_status (*decompress)(struct job *job, zst_error *err);
} FORMS[] = {
    {"reader", compress_by_reader, decompress_by_reader},
    {"iterator", compress_by_iterator, decompress_by_iterator},
    {"writer", compress_by_writer, decompress_by_writer},
    {"copy_stream", compress_by_copy_stream, decompress_by_copy_stream},
    {"chunker", compress_by_chunker, decompress_by_chunker},
    {"obj", compress_by_obj, decompress_by_obj},
};

static int fail(const char *what, const char *why) {
    fprintf(stderr, "every_stream: %s: %s\n", what, why);
    return 1;
}

static double seconds_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Compresses or decompresses all of `in` to an empty `out`; both are at their start then. */
static int run(struct job *job, const char *name, zst_status (*function)(struct job *, zst_error *), FILE *in,
               FILE *out, double *seconds) {
    zst_error err;
    double start = seconds_now();
    job->in = in;
    job->out = out;
    if (function(job, &err) < 0) {
        return fail(name, err.message);
    }
    *seconds = seconds_now() - start;
    if (ferror(in) || fflush(out) != 0 || ferror(out)) {
        return fail(name, "cannot read or write the files");
    }
    rewind(in);
    rewind(out);
    return 0;
}

static int are_equal(struct job *job, FILE *one, FILE *other) {
    size_t len;
    do {
        len = fread(job->input, 1, PIECE, one);
        if (fread(job->output, 1, PIECE, other) != len || memcmp(job->input, job->output, len) != 0) {
            return 0;
        }
    } while (len > 0);
    rewind(one);
    return 1;
}

static int run_form(struct job *job, const struct form *form, FILE *file) {
    FILE *packed = tmpfile(), *restored = tmpfile();
    double packing, restoring;
    int failed;
    if (packed == NULL || restored == NULL) {
        failed = fail("temporary file", strerror(errno));
    } else {
        failed = run(job, form->name, form->compress, file, packed, &packing)
                 || run(job, form->name, form->decompress, packed, restored, &restoring);
    }
    if (!failed && !are_equal(job, file, restored)) {
        failed = fail(form->name, "the result differs from the original");
    }
    if (!failed) {
        fseek(packed, 0, SEEK_END);
        printf("%-11s  %10ld bytes  %5.0f MB/s  %5.0f MB/s\n", form->name, ftell(packed),
               (double)job->size / 1e6 / packing, (double)job->size / 1e6 / restoring);
    }
    if (packed != NULL) {
        fclose(packed);
    }
    if (restored != NULL) {
        fclose(restored);
    }
    return failed;
}

int main(int argc, char **argv) {
    static struct job job;
    zst_compressor *compressor = NULL;
    zst_decompressor *decompressor = NULL;
    zst_error err;
    if (argc != 2) {
        fputs("usage: every_stream FILE\n", stderr);
        return 2;
    }
    FILE *file = fopen(argv[1], "rb");
    if (file == NULL || fseek(file, 0, SEEK_END) != 0 || ftell(file) < 0) {
        return fail(argv[1], strerror(errno));
    }
    job.size = (uint64_t)ftell(file);
    rewind(file);

    int failed = 0;
    if (zst_compressor_new(0, NULL, &compressor, &err) < 0 || zst_decompressor_new(NULL, &decompressor, &err) < 0) {
        failed = fail(argv[1], err.message);
    }
    job.compressor = compressor;
    job.decompressor = decompressor;
    for (size_t i = 0; !failed && i < sizeof FORMS / sizeof FORMS[0]; i++) {
        failed = run_form(&job, &FORMS[i], file);
        fflush(stdout);
    }
    zst_compressor_free(compressor);
    zst_decompressor_free(decompressor);
    zst_free_idle_contexts();
    fclose(file);
    return failed;
}
