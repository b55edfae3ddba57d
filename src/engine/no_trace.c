/*
 * libzstd calls these functions when some other part of the program has them: a way to trace it, which nobody has asked for
 * here, and which another libzstd in the process could have for itself. With these it finds ours, which want no trace.
 */

unsigned long long ZSTD_trace_compress_begin(const void *cctx) { (void)cctx; return 0; }

unsigned long long ZSTD_trace_decompress_begin(const void *dctx) { (void)dctx; return 0; }

void ZSTD_trace_compress_end(unsigned long long ctx, const void *trace) { (void)ctx, (void)trace; }

void ZSTD_trace_decompress_end(unsigned long long ctx, const void *trace) { (void)ctx, (void)trace; }
