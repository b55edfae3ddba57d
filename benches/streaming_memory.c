/* The peak of resident memory in streams, each case in a process of its own. */
#include "rows.h"
#include "streams.h"
#include <stdio.h>

struct job {
    struct worker *worker;
    operation *operation;
    const struct set *set;
};

static void warm_up(void *argument) {
    struct job *job = argument;
    struct set small = make_pieces(sources, KIB, 1, WITH_SIZE);
    struct worker *w = job->worker;
    size_t len;
    zst_error error;
    sound(ZSTD_compress2(w->raw_cctx, w->dst, w->dst_size, small.plain[0].data, KIB));
    sound(ZSTD_decompressDCtx(w->raw_dctx, w->dst, w->dst_size, small.frame[0].data, small.frame[0].len));
    ok(zst_compressor_compress_into(compressor, small.plain[0].data, KIB, w->dst, w->dst_size, &len, &error), &error);
    ok(zst_decompressor_decompress_into(decompressor, small.frame[0].data, small.frame[0].len, 0, 0, w->dst,
                                        w->dst_size, &len, NULL, &error),
       &error);
}

static void work(void *argument) {
    struct job *job = argument;
    job->operation(job->worker, job->set, 0);
}

static double peak_of(struct worker *w, operation *operation, const struct set *set) {
    struct job job = {w, operation, set};
    return peak_in_child(warm_up, work, &job) / MIB;
}

/* A stream of 256 MB needs what the loop needs, and the piece in the making. */
static void measure_streams(struct worker *w) {
    static const int measured[] = {COPY_STREAM, READER, WRITER, ITERATOR};
    struct set set = make_pieces(sources, 64 * MIB, 1, WITHOUT_SIZE);
    set.step = 128 * KIB;
    set.again = 3;
    for (int compress = 1; compress >= 0; compress--) {
        double raw = 0;
        for (size_t i = 0; i < sizeof measured / sizeof *measured; i++) {
            const struct stream *stream = &streams[measured[i]];
            char name[256];
            snprintf(name, sizeof name, "%s 256 MB, %s", compress ? "compress" : "decompress", stream->name);
            if (!wanted("memory of streams", name)) continue;
            if (!raw) {
                raw = peak_of(w, compress ? raw_compress_stream : raw_decompress_stream, &set);
                report_figure("memory of streams", compress ? "compress 256 MB, raw" : "decompress 256 MB, raw", raw,
                              "MiB", 0);
            }
            double zst = peak_of(w, compress ? stream->compress : stream->decompress, &set);
            report_figure("memory of streams", name, zst, "MiB", raw + 0.4);
        }
    }
}

static void measure_read_all(struct worker *w) {
    const char *name = "readall(), 50 MB, by the payload";
    if (!wanted("memory of streams", name)) return;
    struct set set = make_pieces(sources, 50 * 1000 * 1000, 1, WITH_SIZE);
    report_figure("memory of streams", name, peak_of(w, zst_read_all, &set) * MIB / (double)set.plain[0].len, "", 1.05);
}

void streaming_memory(void) {
    struct worker w = make_worker(MIB);
    measure_streams(&w);
    measure_read_all(&w);
}
