//! The C face of `buffers`: several buffers in a row.

use super::boundary::{self, Call};
use super::buffer_with_segments::{zst_buffer_segment, zst_buffer_with_segments};
use super::error::zst_error;
use super::status::zst_status;
use crate::buffers::Collection;
use crate::engine::reserved;
use crate::error::Error;

/// Several buffers in a row, whose segments count as one list. Never changes, so it may be used from any threads at a
/// time. Source: `BufferWithSegmentsCollection`.
pub struct zst_buffer_with_segments_collection(pub(super) Collection);

/// A collection of `count` buffers, one or more, which may be freed before.
///
/// On success `*out` is the caller's; free it with zst_buffer_with_segments_collection_free(). ZST_ERROR_VALUE when
/// there are no buffers, or one of them has no segments or no bytes. Source: `BufferWithSegmentsCollection(*buffers)`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_buffer_with_segments_collection_new(
    buffers: *const *const zst_buffer_with_segments,
    count: usize,
    out: *mut *mut zst_buffer_with_segments_collection,
    err: *mut zst_error,
) -> zst_status {
    // SAFETY: the caller follows the rules at the top of zst.h.
    let call = unsafe { Call::begin(err) };
    call.run(|call| {
        let buffers = call.array(buffers, count, "buffers")?;
        let mut list = reserved(count)?;
        for &buffer in buffers {
            list.push(call.borrow(buffer, "a buffer")?.0.clone());
        }
        let out = call.out(out, "out")?;
        out.give_handle(zst_buffer_with_segments_collection(Collection::new(list)?))?;
        Ok(())
    })
}

/// Frees the collection. Buffers that it has given live on. NULL is fine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_buffer_with_segments_collection_free(
    collection: *mut zst_buffer_with_segments_collection,
) {
    // SAFETY: the caller follows the rules at the top of zst.h.
    unsafe { boundary::free(collection) }
}

/// The number of segments in all buffers; 0 for NULL. Source: `len(BufferWithSegmentsCollection)`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_buffer_with_segments_collection_count(
    collection: *const zst_buffer_with_segments_collection,
) -> usize {
    // SAFETY: NULL or a live handle.
    unsafe { collection.as_ref() }.map_or(0, |collection| collection.0.count())
}

/// The sum of the lengths of all segments in bytes; 0 for NULL. Source: `BufferWithSegmentsCollection.size()`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_buffer_with_segments_collection_size(
    collection: *const zst_buffer_with_segments_collection,
) -> u64 {
    // SAFETY: NULL or a live handle.
    unsafe { collection.as_ref() }.map_or(0, |collection| collection.0.size())
}

/// Lends the segment with this index, counted over all buffers. ZST_ERROR_INDEX when there is none.
/// Source: `BufferWithSegmentsCollection[index]`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_buffer_with_segments_collection_segment(
    collection: *const zst_buffer_with_segments_collection,
    index: usize,
    out: *mut zst_buffer_segment,
    err: *mut zst_error,
) -> zst_status {
    // SAFETY: the caller follows the rules at the top of zst.h.
    let call = unsafe { Call::begin(err) };
    call.run(|call| {
        let collection = call.borrow(collection, "collection")?;
        let out = call.out(out, "out")?;
        out.give(zst_buffer_segment::new(collection.0.item(index)?));
        Ok(())
    })
}

/// The number of buffers; 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_buffer_with_segments_collection_buffer_count(
    collection: *const zst_buffer_with_segments_collection,
) -> usize {
    // SAFETY: NULL or a live handle.
    unsafe { collection.as_ref() }.map_or(0, |collection| collection.0.buffers().len())
}

/// The buffer with this index, for which no bytes are copied.
///
/// On success `*out` is the caller's; free it with zst_buffer_with_segments_free(). `collection` may be freed before.
/// ZST_ERROR_INDEX when there is none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_buffer_with_segments_collection_buffer(
    collection: *const zst_buffer_with_segments_collection,
    index: usize,
    out: *mut *mut zst_buffer_with_segments,
    err: *mut zst_error,
) -> zst_status {
    // SAFETY: the caller follows the rules at the top of zst.h.
    let call = unsafe { Call::begin(err) };
    call.run(|call| {
        let collection = call.borrow(collection, "collection")?;
        let out = call.out(out, "out")?;
        let buffers = collection.0.buffers();
        let buffer = buffers.get(index).ok_or(Error::Index { len: buffers.len() })?;
        out.give_handle(zst_buffer_with_segments(buffer.clone()))?;
        Ok(())
    })
}
