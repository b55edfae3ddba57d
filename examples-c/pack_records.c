/*
 * Packs the lines of a file, each as a frame of its own, and reads any of them back without the others.
 *
 *     make examples
 *     target/examples-c/pack_records pack access.log log.pack
 *     target/examples-c/pack_records get log.pack 1234             prints line 1234
 *     target/examples-c/pack_records unpack log.pack | cmp - access.log
 *
 * Shows: a buffer on a mapped file, which is not copied; a dictionary trained on some of the records; compression and
 * decompression of all of them in one call, on all cores.
 *
 * A record is a line with its newline; the last one may have none. So all records in a row are the file.
 *
 * The archive, numbers in 64 bits, little-endian:
 *
 *     "zstpack1"
 *     n, the number of records
 *     d, the size of the dictionary; 0: there is none
 *     the dictionary, d bytes
 *     the index: n + 1 numbers, where in the frames each record's begins, and where the last one ends
 *     the frames, in the order of the records
 *
 * Frames carry a checksum, so a damaged archive gives errors, or what was packed, but nothing else. Each record costs
 * some twenty bytes beside its content, which suits records of a hundred bytes and more.
 */

#define _POSIX_C_SOURCE 200809L
#define _FILE_OFFSET_BITS 64

#include "files.h"
#include <inttypes.h>
#include <string.h>
#include <sys/mman.h>
#include <zst.h>

enum { SUCCESS = 0, FAILURE = 1, USAGE = 2 };
enum { LEVEL = 3, ALL_CORES = -1, HEADER = 24 };

static const char MAGIC[8] = {'z', 's', 't', 'p', 'a', 'c', 'k', '1'};

static const char USAGE_TEXT[] =
    "usage: pack_records pack [-f] FILE ARCHIVE   compresses each line of FILE; -f replaces ARCHIVE if it exists\n"
    "       pack_records get ARCHIVE N            prints line N, the first is 1\n"
    "       pack_records unpack ARCHIVE           prints all lines\n";

static int complain(const char *what, const char *why) {
    fprintf(stderr, "pack_records: %s: %s\n", what, why);
    return FAILURE;
}

static void put_number(unsigned char *place, uint64_t number) {
    for (int i = 0; i < 8; i++) {
        place[i] = (unsigned char)(number >> 8 * i);
    }
}

static uint64_t get_number(const unsigned char *place) {
    uint64_t number = 0;
    for (int i = 0; i < 8; i++) {
        number |= (uint64_t)place[i] << 8 * i;
    }
    return number;
}

/* A file in memory, as long as nobody makes it shorter. */
struct mapping {
    unsigned char *data; /* NULL when the file is empty */
    size_t len;
};

/* Has the type that zst_buffer_with_segments_new() wants. */
static void unmap(void *userdata) {
    struct mapping *file = userdata;
    if (file != NULL && file->len > 0) {
        munmap(file->data, file->len);
    }
    free(file);
}

/* On success `*out` is the caller's; unmap() it. */
static int map_file(const char *path, struct mapping **out) {
    struct mapping *file = calloc(1, sizeof *file);
    int fd = open(path, O_RDONLY);
    struct stat info;
    const char *why = NULL;
    if (file == NULL || fd < 0 || fstat(fd, &info) != 0) {
        why = strerror(errno);
    } else if (!S_ISREG(info.st_mode)) {
        why = "it is not a regular file";
    } else if ((uintmax_t)info.st_size > SIZE_MAX) {
        why = strerror(EFBIG);
    } else if (info.st_size > 0) {
        void *data = mmap(NULL, (size_t)info.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
        if (data == MAP_FAILED) {
            why = strerror(errno);
        } else {
            file->data = data;
            file->len = (size_t)info.st_size;
        }
    }
    if (fd >= 0) {
        close(fd);
    }
    if (why != NULL) {
        unmap(file);
        return complain(path, why);
    }
    *out = file;
    return SUCCESS;
}

/* Where each line is; free() it. */
static int find_lines(const struct mapping *file, zst_segment **out, size_t *out_count) {
    zst_segment *lines = NULL;
    size_t count = 0;
    size_t room = 0;
    for (size_t start = 0; start < file->len; count++) {
        if (count == room) {
            room = room == 0 ? 1024 : room * 2;
            zst_segment *more = realloc(lines, room * sizeof *lines);
            if (more == NULL) {
                free(lines);
                return complain("lines", strerror(ENOMEM));
            }
            lines = more;
        }
        const unsigned char *newline = memchr(file->data + start, '\n', file->len - start);
        size_t end = newline != NULL ? (size_t)(newline - file->data) + 1 : file->len;
        lines[count].offset = start;
        lines[count].length = end - start;
        start = end;
    }
    *out = lines;
    *out_count = count;
    return SUCCESS;
}

/* A buffer that has taken over the file. */
static int buffer_open(const char *path, zst_buffer_with_segments **out) {
    struct mapping *file;
    zst_segment *lines;
    size_t count;
    if (map_file(path, &file)) {
        return FAILURE;
    }
    if (find_lines(file, &lines, &count)) {
        unmap(file);
        return FAILURE;
    }
    zst_error err;
    zst_status status = zst_buffer_with_segments_new(file->data, file->len, lines, count * sizeof *lines, unmap, file,
                                                     out, &err); /* unmaps the file also when it fails */
    free(lines); /* the buffer has a copy */
    return status < 0 ? complain(path, err.message) : SUCCESS;
}

/* A dictionary of a hundredth of the file, 110 KiB at most; `*out` is NULL when there is too little to train on. */
static int dict_train(const zst_buffer_with_segments *buffer, zst_compression_dict **out) {
    const size_t size = zst_buffer_with_segments_size(buffer);
    const size_t largest = 112640;
    const size_t dict_size = size / 100 < largest ? size / 100 : largest;
    const size_t step = size / (100 * largest) + 1;
    const size_t count = zst_buffer_with_segments_count(buffer) / step;
    zst_slice *samples = calloc(count + 1, sizeof *samples);
    if (samples == NULL) {
        return complain("samples", strerror(ENOMEM));
    }
    zst_error err;
    zst_status status = ZST_OK;
    for (size_t i = 0; i < count && status == ZST_OK; i++) {
        zst_buffer_segment line;
        status = zst_buffer_with_segments_segment(buffer, i * step, &line, &err);
        if (status == ZST_OK) {
            samples[i].data = line.data;
            samples[i].len = line.len;
        }
    }
    if (status == ZST_OK) {
        status = zst_train_dictionary(dict_size, samples, count, NULL, out, &err);
    }
    free(samples);
    if (status == ZST_ERROR_ZSTD) { /* too few or too small samples */
        *out = NULL;
        return SUCCESS;
    }
    return status < 0 ? complain("training", err.message) : SUCCESS;
}

/* With checksums; without the id of the dictionary, which the archive makes plain. `dict` may be NULL. */
static int compressor_open(const zst_compression_dict *dict, zst_compressor **out) {
    zst_error err;
    zst_compression_parameters *parameters = NULL;
    int good = zst_compression_parameters_new(&parameters, &err) == ZST_OK
               && zst_compression_parameters_set(parameters, ZST_C_COMPRESSION_LEVEL, LEVEL, &err) == ZST_OK
               && zst_compression_parameters_set(parameters, ZST_C_WRITE_CHECKSUM, 1, &err) == ZST_OK
               && zst_compression_parameters_set(parameters, ZST_C_WRITE_DICT_ID, 0, &err) == ZST_OK
               && zst_compressor_new_from_parameters(parameters, dict, out, &err) == ZST_OK;
    zst_compression_parameters_free(parameters);
    return good ? SUCCESS : complain("compressor", err.message);
}

/* Puts an archive together and writes it. `dict` and `frames` may be NULL: no dictionary, no records. */
static int archive_write(const char *path, int replace, const zst_compression_dict *dict,
                         const zst_buffer_with_segments_collection *frames, size_t *out_len) {
    const size_t count = zst_buffer_with_segments_collection_count(frames);
    const uint8_t *dict_data = NULL;
    size_t dict_len = 0;
    zst_error err;
    if (dict != NULL && zst_compression_dict_as_bytes(dict, &dict_data, &dict_len, &err) < 0) {
        return complain(path, err.message);
    }
    size_t index = HEADER + dict_len;
    size_t first = index + 8 * (count + 1);
    size_t len = first + (size_t)zst_buffer_with_segments_collection_size(frames);
    unsigned char *archive = malloc(len);
    if (archive == NULL) {
        return complain(path, strerror(ENOMEM));
    }

    memcpy(archive, MAGIC, sizeof MAGIC);
    put_number(archive + 8, count);
    put_number(archive + 16, dict_len);
    if (dict_len > 0) {
        memcpy(archive + HEADER, dict_data, dict_len);
    }
    put_number(archive + index, 0);
    size_t end = first;
    int failed = SUCCESS;
    for (size_t i = 0; i < count && !failed; i++) {
        zst_buffer_segment frame;
        if (zst_buffer_with_segments_collection_segment(frames, i, &frame, &err) < 0) {
            failed = complain(path, err.message);
        } else {
            memcpy(archive + end, frame.data, frame.len);
            end += frame.len;
            put_number(archive + index + 8 * (i + 1), end - first);
        }
    }
    if (!failed) {
        int failure = write_file(path, archive, len, 0666, replace);
        failed = failure != 0 ? complain(path, strerror(failure)) : SUCCESS;
    }
    free(archive);
    *out_len = len;
    return failed;
}

static int pack(const char *path, const char *archive_path, int replace) {
    /* Before the work, not after. */
    int failure = may_write_file(archive_path, replace);
    if (failure != 0) {
        int replaceable = failure == EEXIST && !replace;
        return complain(archive_path, replaceable ? "it exists; -f replaces it" : strerror(failure));
    }

    zst_buffer_with_segments *lines = NULL;
    zst_compression_dict *dict = NULL;
    zst_compressor *compressor = NULL;
    zst_buffer_with_segments_collection *frames = NULL;
    int failed = buffer_open(path, &lines);
    const size_t count = zst_buffer_with_segments_count(lines);
    if (!failed && count > 0) { /* a batch needs an item */
        failed = dict_train(lines, &dict);
        if (!failed) {
            failed = compressor_open(dict, &compressor);
        }
        zst_error err;
        if (!failed
            && zst_compressor_multi_compress_to_buffer_from_buffer(compressor, lines, ALL_CORES, &frames, &err) < 0) {
            failed = complain(path, err.message);
        }
    }
    size_t len = 0;
    if (!failed) {
        failed = archive_write(archive_path, replace, dict, frames, &len);
    }
    if (!failed) {
        printf("%s -> %s: %zu lines, %zu -> %zu bytes\n", path, archive_path, count,
               zst_buffer_with_segments_size(lines), len);
    }
    zst_buffer_with_segments_collection_free(frames);
    zst_compressor_free(compressor);
    zst_compression_dict_free(dict);
    zst_buffer_with_segments_free(lines);
    return failed;
}

struct archive {
    struct mapping *file;
    size_t count;
    const unsigned char *index; /* the other two point into the file */
    const unsigned char *frames;
    size_t frames_size;
    zst_decompressor *decompressor;
};

/* Finds the parts of the file, and checks that there is room for each. */
static int archive_parse(struct archive *archive, const unsigned char **out_dict, size_t *out_dict_len) {
    const unsigned char *data = archive->file->data;
    size_t left = archive->file->len;
    if (left < HEADER || memcmp(data, MAGIC, sizeof MAGIC) != 0) {
        return FAILURE;
    }
    uint64_t count = get_number(data + 8);
    uint64_t dict_len = get_number(data + 16);
    left -= HEADER;
    if (dict_len > left) {
        return FAILURE;
    }
    left -= (size_t)dict_len;
    if (count >= left / 8) { /* the index has one number more */
        return FAILURE;
    }
    *out_dict = data + HEADER;
    *out_dict_len = (size_t)dict_len;
    archive->count = (size_t)count;
    archive->index = *out_dict + dict_len;
    archive->frames = archive->index + 8 * (count + 1);
    archive->frames_size = left - 8 * (size_t)(count + 1);
    return get_number(archive->index) == 0 && get_number(archive->index + 8 * count) == archive->frames_size ? SUCCESS
                                                                                                           : FAILURE;
}

/* After a failure too there is something to close. */
static int archive_open(const char *path, struct archive *out) {
    const unsigned char *dict_data;
    size_t dict_len;
    memset(out, 0, sizeof *out);
    if (map_file(path, &out->file)) {
        return FAILURE;
    }
    if (archive_parse(out, &dict_data, &dict_len)) {
        return complain(path, "it is not an archive of this program, or damaged");
    }
    zst_error err;
    zst_compression_dict *dict = NULL;
    int good = (dict_len == 0
                || zst_compression_dict_new(dict_data, dict_len, ZST_DICT_TYPE_FULLDICT, 0, 0, &dict, &err) == ZST_OK)
               && zst_decompressor_new(dict, &out->decompressor, &err) == ZST_OK;
    zst_compression_dict_free(dict); /* the decompressor keeps what it needs */
    return good ? SUCCESS : complain(path, err.message);
}

static void archive_close(struct archive *archive) {
    zst_decompressor_free(archive->decompressor);
    unmap(archive->file);
}

/* Where the frame with this number is, counted from 0. */
static int find_frame(const struct archive *archive, size_t number, zst_segment *out) {
    uint64_t start = get_number(archive->index + 8 * number);
    uint64_t end = get_number(archive->index + 8 * (number + 1));
    if (start > end || end > archive->frames_size) {
        return complain("the archive is damaged", "an offset in its index is wrong");
    }
    out->offset = start;
    out->length = end - start;
    return SUCCESS;
}

static int get(const struct archive *archive, const char *path, const char *text) {
    char *text_end;
    errno = 0;
    unsigned long long number = strtoull(text, &text_end, 10);
    if (errno != 0 || *text < '0' || *text > '9' || *text_end != '\0' || number < 1 || number > archive->count) {
        fprintf(stderr, "pack_records: %s: there is no line %s, it has %zu\n", path, text, archive->count);
        return FAILURE;
    }
    zst_segment frame;
    if (find_frame(archive, (size_t)number - 1, &frame)) {
        return FAILURE;
    }
    zst_bytes line;
    zst_error err;
    if (zst_decompressor_decompress(archive->decompressor, archive->frames + frame.offset, (size_t)frame.length, 0,
                                    ZST_DECOMPRESS_REFUSE_EXTRA_DATA, &line, NULL, &err) < 0) {
        return complain(path, err.message);
    }
    fwrite(line.data, 1, line.len, stdout);
    zst_bytes_free(&line);
    return SUCCESS;
}

/* Decompresses all frames. On success `*out` is the caller's. */
static int archive_decompress(const struct archive *archive, const char *path,
                              zst_buffer_with_segments_collection **out) {
    zst_segment *segments = calloc(archive->count, sizeof *segments);
    int failed = segments == NULL ? complain(path, strerror(ENOMEM)) : SUCCESS;
    for (size_t i = 0; i < archive->count && !failed; i++) {
        failed = find_frame(archive, i, &segments[i]);
    }
    zst_error err;
    zst_buffer_with_segments *frames = NULL;
    if (!failed
        && (zst_buffer_with_segments_new(archive->frames, archive->frames_size, segments,
                                         archive->count * sizeof *segments, NULL, NULL, &frames, &err) < 0
            || zst_decompressor_multi_decompress_to_buffer_from_buffer(archive->decompressor, frames, NULL, 0,
                                                                       ALL_CORES, out, &err) < 0)) {
        failed = complain(path, err.message);
    }
    zst_buffer_with_segments_free(frames);
    free(segments);
    return failed;
}

static int unpack(const struct archive *archive, const char *path) {
    if (archive->count == 0) {
        return SUCCESS;
    }
    zst_buffer_with_segments_collection *lines = NULL;
    int failed = archive_decompress(archive, path, &lines);
    for (size_t i = 0; i < archive->count && !failed; i++) {
        zst_error err;
        zst_buffer_segment line;
        if (zst_buffer_with_segments_collection_segment(lines, i, &line, &err) < 0) {
            failed = complain(path, err.message);
        } else if (fwrite(line.data, 1, line.len, stdout) != line.len) {
            break; /* main() tells why */
        }
    }
    zst_buffer_with_segments_collection_free(lines);
    return failed;
}

static int usage(void) {
    fputs(USAGE_TEXT, stderr);
    return USAGE;
}

int main(int argc, char **argv) {
    const char *command = argc > 1 ? argv[1] : "";
    if (strcmp(command, "-h") == 0) {
        fputs(USAGE_TEXT, stdout);
        return SUCCESS;
    }
    int failed;
    if (strcmp(command, "pack") == 0) {
        int replace = argc > 2 && strcmp(argv[2], "-f") == 0;
        if (argc != 4 + replace) {
            return usage();
        }
        remove_unfinished_file_on_signals();
        failed = pack(argv[2 + replace], argv[3 + replace], replace);
    } else if ((strcmp(command, "get") == 0 && argc == 4) || (strcmp(command, "unpack") == 0 && argc == 3)) {
        struct archive archive;
        failed = archive_open(argv[2], &archive);
        if (!failed) {
            failed = argc == 4 ? get(&archive, argv[2], argv[3]) : unpack(&archive, argv[2]);
        }
        archive_close(&archive);
    } else {
        return usage();
    }
    zst_free_idle_contexts(); /* not needed before an exit, but leak checkers then find nothing at all */
    if (fflush(stdout) != 0 || ferror(stdout)) {
        failed = complain("standard output", strerror(errno));
    }
    return failed;
}
