//! The C face of `multi_decompress_to_buffer`.

use super::boundary::Call;
use super::buffer_with_segments::zst_buffer_with_segments;
use super::buffer_with_segments_collection::zst_buffer_with_segments_collection;
use super::bytes::zst_slice;
use super::decompressor::zst_decompressor;
use super::error::zst_error;
use super::status::zst_status;
use std::ffi::c_void;

/// Decompresses each of `count` items: its first frame; skippable frames before it are passed over (an item of nothing
/// else has no content), and bytes behind it are ignored. Results are in the order of the items, one segment for each,
/// also for empty ones, and do not depend on the number of threads.
///
/// `decompressed_sizes` is NULL, or an array of uint64_t with the size of each item's content, 0 where the frame
/// records it; `sizes_size` is its size in bytes. It is in the machine's byte order and needs no alignment. All
/// contents are in memory at once, in one piece.
///
/// `threads`: 0 and 1 work in the calling thread; negative are as many as there are CPUs; other values are an upper
/// bound. There are never more than CPUs or items, and fewer when there is little to do. Threads are kept for the next
/// call for a few seconds.
///
/// On success `*out` is the caller's; free it with zst_buffer_with_segments_collection_free(). `items` are read during
/// the call only. ZST_ERROR_VALUE when there are no items, `sizes_size` is not 8 for each item, an item does
/// not begin with a whole frame header, or its size is neither recorded nor given. Items fail as in
/// zst_decompressor_decompress(), and with ZST_ERROR_ZSTD when a given size is not the real one; ZST_ERROR_LIMIT when
/// all of them together have more content than ZST_D_MAX_OUTPUT_SIZE. When an item fails, nothing is returned, and
/// zst_error.item_index is the first one that does, in the order of the items. Source: `ZstdDecompressor.
/// multi_decompress_to_buffer()`; libzstd's `ZSTD_decompressDCtx`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_decompressor_multi_decompress_to_buffer(
    decompressor: *const zst_decompressor,
    items: *const zst_slice,
    count: usize,
    decompressed_sizes: *const c_void,
    sizes_size: usize,
    threads: i32,
    out: *mut *mut zst_buffer_with_segments_collection,
    err: *mut zst_error,
) -> zst_status {
    // SAFETY: the caller follows the rules at the top of zst.h.
    let call = unsafe { Call::begin(err) };
    call.run_batch(|call| {
        let decompressor = call.borrow(decompressor, "decompressor")?;
        let items = call.slices(items, count, "items")?;
        let sizes = call.bytes_optional(decompressed_sizes, sizes_size, "decompressed_sizes")?;
        let out = call.out(out, "out")?;
        let contents = decompressor.0.multi_decompress_to_buffer(&items, sizes, threads)?;
        out.give_handle(zst_buffer_with_segments_collection(contents))?;
        Ok(())
    })
}

/// The same for the segments of a buffer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_decompressor_multi_decompress_to_buffer_from_buffer(
    decompressor: *const zst_decompressor,
    buffer: *const zst_buffer_with_segments,
    decompressed_sizes: *const c_void,
    sizes_size: usize,
    threads: i32,
    out: *mut *mut zst_buffer_with_segments_collection,
    err: *mut zst_error,
) -> zst_status {
    // SAFETY: the caller follows the rules at the top of zst.h.
    let call = unsafe { Call::begin(err) };
    call.run_batch(|call| {
        let decompressor = call.borrow(decompressor, "decompressor")?;
        let buffer = call.borrow(buffer, "buffer")?;
        let sizes = call.bytes_optional(decompressed_sizes, sizes_size, "decompressed_sizes")?;
        let out = call.out(out, "out")?;
        let contents = decompressor.0.multi_decompress_to_buffer(&*buffer.0, sizes, threads)?;
        out.give_handle(zst_buffer_with_segments_collection(contents))?;
        Ok(())
    })
}

/// The same for the segments of a collection.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_decompressor_multi_decompress_to_buffer_from_collection(
    decompressor: *const zst_decompressor,
    collection: *const zst_buffer_with_segments_collection,
    decompressed_sizes: *const c_void,
    sizes_size: usize,
    threads: i32,
    out: *mut *mut zst_buffer_with_segments_collection,
    err: *mut zst_error,
) -> zst_status {
    // SAFETY: the caller follows the rules at the top of zst.h.
    let call = unsafe { Call::begin(err) };
    call.run_batch(|call| {
        let decompressor = call.borrow(decompressor, "decompressor")?;
        let collection = call.borrow(collection, "collection")?;
        let sizes = call.bytes_optional(decompressed_sizes, sizes_size, "decompressed_sizes")?;
        let out = call.out(out, "out")?;
        let contents = decompressor.0.multi_decompress_to_buffer(&collection.0, sizes, threads)?;
        out.give_handle(zst_buffer_with_segments_collection(contents))?;
        Ok(())
    })
}
