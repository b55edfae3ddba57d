//! The C face of `iterator`, for compression.

use super::boundary::{self, Call, declared_size};
use super::compressor::{zst_compressor, zst_frame_progression};
use super::error::zst_error;
use super::source::{self, zst_source};
use super::status::{ZST_DONE, ZST_OK, zst_status};
use crate::compression_pull::CompressionPull;
use crate::engine::Shared;
use crate::error::Error;
use crate::iterator::PieceIterator;
use crate::pool::Record;
use parking_lot::Mutex;
use std::ffi::c_void;

/// A frame, piece by piece, whose content is read from a source. May be used from any thread, by one at a time: a
/// second call, or one from inside a callback, gets ZST_ERROR_BUSY. Source: `ZstdCompressorIterator`.
pub struct zst_compressor_iterator {
    iterator: Mutex<PieceIterator<CompressionPull>>,
    /// For calls that do not wait.
    record: Shared<Record>,
}

/// A new iterator on `source`, which it takes over, also when this fails. `size` is the number of bytes that the source
/// is going to give, or ZST_CONTENTSIZE_UNKNOWN; it tunes the parameters, is recorded in the frame, and is checked,
/// unless nothing comes at all: that makes an empty frame. Nothing is read before a piece is wanted; then blocks of
/// about `read_size` bytes. Pieces have `write_size` bytes at most. ZST_COMPRESSION_RECOMMENDED_INPUT_SIZE and
/// ZST_COMPRESSION_RECOMMENDED_OUTPUT_SIZE are good choices.
///
/// On success `*out` is the caller's; free it with zst_compressor_iterator_free(). `compressor` may be freed before.
/// ZST_ERROR_VALUE when `read_size` or `write_size` is 0. Source: `ZstdCompressor.read_to_iter()`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_compressor_read_to_iter(
    compressor: *const zst_compressor,
    source: *const zst_source,
    size: u64,
    read_size: usize,
    write_size: usize,
    out: *mut *mut zst_compressor_iterator,
    err: *mut zst_error,
) -> zst_status {
    // SAFETY: the caller follows the rules at the top of zst.h.
    let call = unsafe { Call::begin(err) };
    call.run(|call| {
        let source = source::take(call, source)?;
        let compressor = call.borrow(compressor, "compressor")?;
        let out = call.out(out, "out")?;
        let size = declared_size(size);
        let pull = CompressionPull::new(&compressor.0, source, size, read_size)?;
        out.give_shared(zst_compressor_iterator {
            record: pull.stream().record().clone(),
            iterator: Mutex::new(PieceIterator::new(pull, write_size)?),
        })?;
        Ok(())
    })
}

/// Frees the iterator, and drops its source. When one of its own callbacks does that, it takes effect at the end of the
/// call that the callback is in. NULL is fine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_compressor_iterator_free(iterator: *mut zst_compressor_iterator) {
    // SAFETY: the caller follows the rules at the top of zst.h.
    unsafe { boundary::release(iterator) }
}

/// Lends the next piece, which is not empty: `*out_data` is valid until the next piece is asked for, or the iterator is
/// freed. ZST_DONE when there is none any more; the outputs are untouched then.
///
/// ZST_ERROR_SOURCE and ZST_ERROR_WOULD_BLOCK come from the source; the next call asks it again. ZST_ERROR_ZSTD when it
/// gives more or less than was declared, and from then on.
/// Source: `ZstdCompressorIterator.__next__()`; libzstd's `ZSTD_compressStream2`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_compressor_iterator_next(
    iterator: *const zst_compressor_iterator,
    out_data: *mut *const u8,
    out_len: *mut usize,
    err: *mut zst_error,
) -> zst_status {
    // SAFETY: the caller follows the rules at the top of zst.h.
    let call = unsafe { Call::begin(err) };
    call.run_with_status(|call| {
        let iterator = call.hold(iterator, "iterator")?;
        let out_data = call.out(out_data, "out_data")?;
        let out_len = call.out(out_len, "out_len")?;
        let mut open = iterator.iterator.try_lock().ok_or(Error::Busy)?;
        let piece = open.next_piece()?;
        // A callback has freed it, and the piece goes along.
        if iterator.is_last_owner() {
            return Err(Error::Closed);
        }
        let Some(piece) = piece else {
            return Ok(ZST_DONE);
        };
        out_data.give(piece.as_ptr());
        out_len.give(piece.len());
        Ok(ZST_OK)
    })
}

/// Puts the next piece into `dst_len` bytes at `dst`, so that it need not be copied: as much as is ready and has room,
/// whatever the iterator's `write_size`. Sets `*out_len`, which is not 0. ZST_DONE when there is none any more; the
/// outputs are untouched then.
///
/// ZST_ERROR_VALUE when `dst_len` is 0; otherwise fails as zst_compressor_iterator_next().
/// Source: `ZstdCompressorIterator.__next__()`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_compressor_iterator_next_into(
    iterator: *const zst_compressor_iterator,
    dst: *mut c_void,
    dst_len: usize,
    out_len: *mut usize,
    err: *mut zst_error,
) -> zst_status {
    // SAFETY: the caller follows the rules at the top of zst.h.
    let call = unsafe { Call::begin(err) };
    call.run_with_status(|call| {
        let iterator = call.hold(iterator, "iterator")?;
        let dst = call.place(dst, dst_len, "dst", &[])?;
        let out_len = call.out(out_len, "out_len")?;
        let len = iterator.iterator.try_lock().ok_or(Error::Busy)?.next_into(dst)?;
        if len == 0 {
            return Ok(ZST_DONE);
        }
        out_len.give(len);
        Ok(ZST_OK)
    })
}

/// How far the frame has come. May be called from another thread while a call on the iterator runs.
/// Source: libzstd's `ZSTD_getFrameProgression`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_compressor_iterator_frame_progression(
    iterator: *const zst_compressor_iterator,
    out: *mut zst_frame_progression,
    err: *mut zst_error,
) -> zst_status {
    // SAFETY: the caller follows the rules at the top of zst.h.
    let call = unsafe { Call::begin(err) };
    call.run(|call| {
        let iterator = call.borrow(iterator, "iterator")?;
        let out = call.out(out, "out")?;
        out.give(iterator.record.progression().into());
        Ok(())
    })
}
