//! The C face of `iterator`, for decompression.

use super::boundary::{self, Call};
use super::decompressor::{ZST_DECOMPRESS_READ_ACROSS_FRAMES, ZST_DECOMPRESS_STRICT, check_flags, zst_decompressor};
use super::error::zst_error;
use super::source::{self, zst_source};
use super::status::{ZST_DONE, ZST_OK, zst_status};
use crate::decompression_pull::{DecompressionPull, Frames, PullOptions};
use crate::error::Error;
use crate::iterator::PieceIterator;
use parking_lot::Mutex;
use std::ffi::c_void;

/// The content of a frame, piece by piece, which is read from a source. May be used from any thread, by one at a time:
/// a second call, or one from inside a callback, gets ZST_ERROR_BUSY. Source: `ZstdDecompressorIterator`.
pub struct zst_decompressor_iterator {
    iterator: Mutex<PieceIterator<DecompressionPull>>,
}

/// A new iterator on `source`, which it takes over, also when this fails. Nothing is read before a piece is wanted;
/// then blocks of about `read_size` bytes. Pieces have `write_size` bytes at most.
/// ZST_DECOMPRESSION_RECOMMENDED_INPUT_SIZE and ZST_DECOMPRESSION_RECOMMENDED_OUTPUT_SIZE are good choices. The first
/// `skip_bytes` bytes of the input are left out; they are fewer than `read_size`.
///
/// `flags` is 0 or: ZST_DECOMPRESS_READ_ACROSS_FRAMES, for the contents of all frames; otherwise the iterator stops at
/// the end of the first one (skippable frames before it are passed over) without reading further;
/// ZST_DECOMPRESS_STRICT.
///
/// On success `*out` is the caller's; free it with zst_decompressor_iterator_free(). `decompressor` may be freed
/// before. ZST_ERROR_VALUE when `read_size` or `write_size` is 0, `skip_bytes` is too large, or for other flags.
/// Source: `ZstdDecompressor.read_to_iter()`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_decompressor_read_to_iter(
    decompressor: *const zst_decompressor,
    source: *const zst_source,
    read_size: usize,
    write_size: usize,
    skip_bytes: usize,
    flags: i32,
    out: *mut *mut zst_decompressor_iterator,
    err: *mut zst_error,
) -> zst_status {
    // SAFETY: the caller follows the rules at the top of zst.h.
    let call = unsafe { Call::begin(err) };
    call.run(|call| {
        let source = source::take(call, source)?;
        let decompressor = call.borrow(decompressor, "decompressor")?;
        let out = call.out(out, "out")?;
        check_flags(flags, ZST_DECOMPRESS_READ_ACROSS_FRAMES | ZST_DECOMPRESS_STRICT)?;
        let across = flags & ZST_DECOMPRESS_READ_ACROSS_FRAMES != 0;
        let options = PullOptions {
            doing: "zstd decompress error",
            frames: if across { Frames::Across } else { Frames::One },
            strict: flags & ZST_DECOMPRESS_STRICT != 0,
            skip_bytes,
        };
        let pull = DecompressionPull::new(&decompressor.0, source, read_size, options)?;
        let iterator = PieceIterator::new(pull, write_size)?;
        out.give_shared(zst_decompressor_iterator { iterator: Mutex::new(iterator) })?;
        Ok(())
    })
}

/// Frees the iterator, and drops its source. When one of its own callbacks does that, it takes effect at the end of the
/// call that the callback is in. NULL is fine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_decompressor_iterator_free(iterator: *mut zst_decompressor_iterator) {
    // SAFETY: the caller follows the rules at the top of zst.h.
    unsafe { boundary::release(iterator) }
}

/// Lends the next piece, which is not empty: `*out_data` is valid until the next piece is asked for, or the iterator is
/// freed. ZST_DONE when there is none any more; the outputs are untouched then.
///
/// ZST_ERROR_SOURCE and ZST_ERROR_WOULD_BLOCK come from the source; the next call asks it again. ZST_ERROR_VALUE when
/// the first block has no more than `skip_bytes` bytes. ZST_ERROR_ZSTD when the data is damaged or needs another
/// dictionary, ZST_ERROR_LIMIT when a limit is reached, ZST_ERROR_TRUNCATED with ZST_DECOMPRESS_STRICT: after the
/// content before, and from then on. Source: `ZstdDecompressorIterator.__next__()`; libzstd's `ZSTD_decompressStream`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_decompressor_iterator_next(
    iterator: *const zst_decompressor_iterator,
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
/// ZST_ERROR_VALUE when `dst_len` is 0; otherwise fails as zst_decompressor_iterator_next().
/// Source: `ZstdDecompressorIterator.__next__()`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_decompressor_iterator_next_into(
    iterator: *const zst_decompressor_iterator,
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

/// Lends what is left of the block that was read last: after ZST_DONE, the bytes behind the one frame that were read
/// along with it, or none.
///
/// `*out_data` points into the source's block: it is valid until the next piece is asked for, or the iterator is freed.
/// Not NULL, also when `*out_len` is 0. ZST_ERROR_BUSY. Source: what `ZstdDecompressionObj.unused_data` is for an obj.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_decompressor_iterator_unused_data(
    iterator: *const zst_decompressor_iterator,
    out_data: *mut *const u8,
    out_len: *mut usize,
    err: *mut zst_error,
) -> zst_status {
    // SAFETY: the caller follows the rules at the top of zst.h.
    let call = unsafe { Call::begin(err) };
    call.run(|call| {
        let iterator = call.borrow(iterator, "iterator")?;
        let out_data = call.out(out_data, "out_data")?;
        let out_len = call.out(out_len, "out_len")?;
        let iterator = iterator.iterator.try_lock().ok_or(Error::Busy)?;
        let unused = iterator.pull().unused();
        out_data.give(unused.as_ptr());
        out_len.give(unused.len());
        Ok(())
    })
}
