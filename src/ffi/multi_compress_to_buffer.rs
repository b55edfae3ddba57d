//! The C face of `multi_compress_to_buffer`.

use super::boundary::Call;
use super::buffer_with_segments::zst_buffer_with_segments;
use super::buffer_with_segments_collection::zst_buffer_with_segments_collection;
use super::bytes::zst_slice;
use super::compressor::zst_compressor;
use super::error::zst_error;
use super::status::zst_status;

/// Compresses each of `count` items into a frame of its own. Results are in the order of the items, one segment for
/// each, also for empty ones, and do not depend on the number of threads (except for how they are spread over buffers).
///
/// `threads`: 0 and 1 work in the calling thread; negative are as many as there are CPUs; other values are an upper
/// bound. There are never more than CPUs or items, and fewer when there is little to do. With ZST_C_THREADS, each of
/// them has such worker threads of its own. Threads are kept for the next call for a few seconds.
///
/// On success `*out` is the caller's; free it with zst_buffer_with_segments_collection_free(). `items` are read during
/// the call only. ZST_ERROR_VALUE when there are no items, or all of them are empty. When an item fails, nothing is
/// returned, and zst_error.item_index is the first one that does, in the order of the items.
/// Source: `ZstdCompressor.multi_compress_to_buffer()`; libzstd's `ZSTD_compress2`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_compressor_multi_compress_to_buffer(
    compressor: *const zst_compressor,
    items: *const zst_slice,
    count: usize,
    threads: i32,
    out: *mut *mut zst_buffer_with_segments_collection,
    err: *mut zst_error,
) -> zst_status {
    // SAFETY: the caller follows the rules at the top of zst.h.
    let call = unsafe { Call::begin(err) };
    call.run_batch(|call| {
        let compressor = call.borrow(compressor, "compressor")?;
        let items = call.slices(items, count, "items")?;
        let out = call.out(out, "out")?;
        let frames = compressor.0.multi_compress_to_buffer(&items, threads)?;
        out.give_handle(zst_buffer_with_segments_collection(frames))?;
        Ok(())
    })
}

/// The same for the segments of a buffer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_compressor_multi_compress_to_buffer_from_buffer(
    compressor: *const zst_compressor,
    buffer: *const zst_buffer_with_segments,
    threads: i32,
    out: *mut *mut zst_buffer_with_segments_collection,
    err: *mut zst_error,
) -> zst_status {
    // SAFETY: the caller follows the rules at the top of zst.h.
    let call = unsafe { Call::begin(err) };
    call.run_batch(|call| {
        let compressor = call.borrow(compressor, "compressor")?;
        let buffer = call.borrow(buffer, "buffer")?;
        let out = call.out(out, "out")?;
        let frames = compressor.0.multi_compress_to_buffer(&*buffer.0, threads)?;
        out.give_handle(zst_buffer_with_segments_collection(frames))?;
        Ok(())
    })
}

/// The same for the segments of a collection.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_compressor_multi_compress_to_buffer_from_collection(
    compressor: *const zst_compressor,
    collection: *const zst_buffer_with_segments_collection,
    threads: i32,
    out: *mut *mut zst_buffer_with_segments_collection,
    err: *mut zst_error,
) -> zst_status {
    // SAFETY: the caller follows the rules at the top of zst.h.
    let call = unsafe { Call::begin(err) };
    call.run_batch(|call| {
        let compressor = call.borrow(compressor, "compressor")?;
        let collection = call.borrow(collection, "collection")?;
        let out = call.out(out, "out")?;
        let frames = compressor.0.multi_compress_to_buffer(&collection.0, threads)?;
        out.give_handle(zst_buffer_with_segments_collection(frames))?;
        Ok(())
    })
}
