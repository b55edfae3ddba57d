//! The C face of `decompression_chunker`.

use super::boundary::{self, Call, Lent};
use super::decompressor::zst_decompressor;
use super::error::zst_error;
use super::status::{ZST_DONE, ZST_OK, zst_status};
use crate::decompression_chunker::DecompressionChunker;
use crate::error::Error;
use parking_lot::Mutex;
use std::ffi::c_void;

/// Decompression by pushing, with output in pieces of one size. Give input with zst_decompression_chunker_decompress(),
/// then take pieces with zst_decompression_chunker_next() until it returns ZST_DONE; at the end call
/// zst_decompression_chunker_finish() and take the last one. All frames are decoded, skippable ones passed over. No
/// callbacks. May be used from any thread, by one at a time: a second call gets ZST_ERROR_BUSY.
pub struct zst_decompression_chunker(Mutex<Pushed>);

struct Pushed {
    chunker: DecompressionChunker,
    /// What is left of the input that was given last.
    input: Lent,
}

/// A new chunker, with pieces of `chunk_size` bytes.
///
/// On success `*out` is the caller's; free it with zst_decompression_chunker_free(). `decompressor` may be freed
/// before. ZST_ERROR_VALUE when `chunk_size` is 0. Source: what `ZstdCompressor.chunker()` is for compression.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_decompressor_chunker(
    decompressor: *const zst_decompressor,
    chunk_size: usize,
    out: *mut *mut zst_decompression_chunker,
    err: *mut zst_error,
) -> zst_status {
    // SAFETY: the caller follows the rules at the top of zst.h.
    let call = unsafe { Call::begin(err) };
    call.run(|call| {
        let decompressor = call.borrow(decompressor, "decompressor")?;
        let out = call.out(out, "out")?;
        let chunker = DecompressionChunker::new(&decompressor.0, chunk_size)?;
        out.give_handle(zst_decompression_chunker(Mutex::new(Pushed { chunker, input: Lent::nothing() })))?;
        Ok(())
    })
}

/// Frees the chunker. NULL is fine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_decompression_chunker_free(chunker: *mut zst_decompression_chunker) {
    // SAFETY: the caller follows the rules at the top of zst.h.
    unsafe { boundary::free(chunker) }
}

/// Gives `src_len` bytes of input, cut anywhere. `src` must stay valid and unchanged until
/// zst_decompression_chunker_next() has returned ZST_DONE: until then nothing else can be begun. What does not fill a
/// piece waits inside.
///
/// ZST_ERROR_STATE when the input before has not been used up, or after zst_decompression_chunker_finish().
/// Source: libzstd's `ZSTD_decompressStream`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_decompression_chunker_decompress(
    chunker: *const zst_decompression_chunker,
    src: *const c_void,
    src_len: usize,
    err: *mut zst_error,
) -> zst_status {
    // SAFETY: the caller follows the rules at the top of zst.h.
    let call = unsafe { Call::begin(err) };
    call.run(|call| {
        let chunker = call.borrow(chunker, "chunker")?;
        let src = call.bytes(src, src_len, "src")?;
        let mut pushed = chunker.0.try_lock().ok_or(Error::Busy)?;
        pushed.chunker.decompress()?;
        pushed.input = Lent::new(src);
        Ok(())
    })
}

/// Says that there is no more input; the last piece, which may be shorter, then comes with
/// zst_decompression_chunker_next().
///
/// ZST_ERROR_TRUNCATED when the input ended inside a frame: the last piece has what there was of it.
/// ZST_ERROR_STATE when the input before has not been used up, or when it was said before.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_decompression_chunker_finish(
    chunker: *const zst_decompression_chunker,
    err: *mut zst_error,
) -> zst_status {
    // SAFETY: the caller follows the rules at the top of zst.h.
    let call = unsafe { Call::begin(err) };
    call.run(|call| {
        let chunker = call.borrow(chunker, "chunker")?;
        chunker.0.try_lock().ok_or(Error::Busy)?.chunker.finish()
    })
}

/// Lends the next piece: `*out_data` is valid until the next call on the same chunker. ZST_DONE when there is none any
/// more; the outputs are untouched then.
///
/// ZST_ERROR_ZSTD when the data is damaged, is no frame or needs another dictionary, ZST_ERROR_LIMIT when a limit is
/// reached; from then on always. What was decoded before comes first, in a shorter piece.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_decompression_chunker_next(
    chunker: *const zst_decompression_chunker,
    out_data: *mut *const u8,
    out_len: *mut usize,
    err: *mut zst_error,
) -> zst_status {
    // SAFETY: the caller follows the rules at the top of zst.h.
    let call = unsafe { Call::begin(err) };
    call.run_with_status(|call| {
        let chunker = call.borrow(chunker, "chunker")?;
        let out_data = call.out(out_data, "out_data")?;
        let out_len = call.out(out_len, "out_len")?;
        let mut pushed = chunker.0.try_lock().ok_or(Error::Busy)?;
        let Pushed { chunker, input } = &mut *pushed;
        let (used, piece) = chunker.next(call.lent(input))?;
        input.advance(used);
        let Some(piece) = piece else {
            *input = Lent::nothing();
            return Ok(ZST_DONE);
        };
        out_data.give(piece.as_ptr());
        out_len.give(piece.len());
        Ok(ZST_OK)
    })
}
