/* The library's own sources and sinks, and copy_stream, which uses them. */

#define _GNU_SOURCE

#include "failing.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

enum { LEN = 200000 };

/* A file without a name, with this content. */
static int file_with(const void *content, size_t len) {
    int fd = memfd_create("content", 0);
    CHECK(fd >= 0 && write(fd, content, len) == (ssize_t)len && lseek(fd, 0, SEEK_SET) == 0);
    return fd;
}

static const char *path_of(int fd) {
    static char path[64];
    sprintf(path, "/proc/self/fd/%d", fd);
    return path;
}

/* Copies from `source` to `sink`, which are gone then in any case. When that fails, there is memory the next time. */
static zst_status copy(const zst_compressor *compressor, const zst_source *source, const zst_sink *sink) {
    struct {
        uint64_t read, written;
    } out;
    zst_status status = TRY(out, zst_compressor_copy_stream,
                            (compressor, source, sink, ZST_CONTENTSIZE_UNKNOWN, 30000, 10000, NULL, &out.read,
                             &out.written, &err));
    if (status == ZST_OK)
        CHECK(out.read == LEN);
    else
        memory_recovers();
    return status;
}

static void compress_from_memory_to_bytes(void) {
    zst_compressor *compressor = new_compressor(0);
    size_t len;
    char *text = text_for(0, &len);
    zst_status status;
    CHECK(len == LEN);
    do {
        zst_bytes bytes = {NULL, 0, 0};
        zst_source source;
        zst_sink sink;
        MUST(source, zst_source_from_memory, (text, len, &source, &err));
        MUST(sink, zst_sink_to_bytes, (&bytes, &sink, &err));
        status = copy(compressor, &source, &sink);
        if (status == ZST_OK)
            CHECK(holds(bytes.data, bytes.len, text, len));
        else
            CHECK(begins(bytes.data, bytes.len, text, len));
        zst_bytes_free(&bytes);
    } while (status != ZST_OK);
    end_compressor(compressor, 0);
    free(text);
}

static void compress_from_path_to_path(void) {
    zst_compressor *compressor = new_compressor(0);
    size_t len, frame_len;
    char *text = text_for(0, &len);
    int in = file_with(text, len), out = file_with("", 0);
    char *frame = malloc(LEN);
    zst_status status;
    CHECK(frame != NULL);
    do {
        zst_source source;
        zst_sink sink;
        MUST(source, zst_source_from_path, (path_of(in), &source, &err));
        MUST(sink, zst_sink_to_path, (path_of(out), &sink, &err));
        status = copy(compressor, &source, &sink);
    } while (status != ZST_OK);
    frame_len = (size_t)pread(out, frame, LEN, 0);
    CHECK(holds(frame, frame_len, text, len));
    close(in), close(out);
    end_compressor(compressor, 0);
    free(frame);
    free(text);
}

/* Descriptors that the library closes, also when it gets no memory for what is to hold them. */
static void decompress_from_fd_to_fd(void) {
    zst_decompressor *decompressor = new_decompressor();
    size_t len;
    char *text = text_for(0, &len), *content = malloc(LEN);
    zst_bytes frame = make_frame(text, len, 3);
    int in = file_with(frame.data, frame.len), out = file_with("", 0);
    zst_status status;
    CHECK(content != NULL);
    do {
        zst_source source;
        zst_sink sink;
        struct {
            uint64_t read, written;
        } figures;
        CHECK(lseek(in, 0, SEEK_SET) == 0 && ftruncate(out, 0) == 0 && lseek(out, 0, SEEK_SET) == 0);
        do {
            int fd = dup(in);
            status = TRY(source, zst_source_from_fd, (fd, 1, &source, &err));
            if (status != ZST_OK) {
                CHECK(fcntl(fd, F_GETFD) < 0);
                memory_recovers();
            }
        } while (status != ZST_OK);
        do {
            int fd = dup(out);
            status = TRY(sink, zst_sink_to_fd, (fd, 1, &sink, &err));
            if (status != ZST_OK) {
                CHECK(fcntl(fd, F_GETFD) < 0);
                memory_recovers();
            }
        } while (status != ZST_OK);
        status = TRY(figures, zst_decompressor_copy_stream,
                     (decompressor, &source, &sink, 30000, 10000, 0, NULL, &figures.read, &figures.written, &err));
        if (status != ZST_OK) memory_recovers();
    } while (status != ZST_OK);
    CHECK(pread(out, content, LEN, 0) == (ssize_t)len && memcmp(content, text, len) == 0);
    close(in), close(out);
    zst_bytes_free(&frame);
    end_decompressor(decompressor);
    free(content);
    free(text);
}

static void dropped_without_a_stream(void) {
    zst_bytes bytes = {NULL, 0, 0};
    zst_source source;
    zst_sink sink;
    MUST(source, zst_source_from_memory, ("abc", 3, &source, &err));
    ASKS_FOR_NONE(, zst_source_drop, (&source));
    MUST(sink, zst_sink_to_bytes, (&bytes, &sink, &err));
    ASKS_FOR_NONE(, zst_sink_drop, (&sink));
    MUST(sink, zst_sink_to_path, ("/dev/null", &sink, &err));
    ASKS_FOR_NONE(, zst_sink_drop, (&sink));
}

const struct scenario sources_and_sinks[] = {
    {"compress_from_memory_to_bytes", compress_from_memory_to_bytes},
    {"compress_from_path_to_path", compress_from_path_to_path},
    {"decompress_from_fd_to_fd", decompress_from_fd_to_fd},
    {"dropped_without_a_stream", dropped_without_a_stream},
    {NULL, NULL},
};
