//! The C face of `compression_chunker`.

use super::boundary::{self, Call, Lent, declared_size};
use super::compressor::{zst_compressor, zst_frame_progression};
use super::error::zst_error;
use super::status::{ZST_DONE, zst_status};
use crate::compression_chunker::CompressionChunker;
use crate::engine::Shared;
use crate::error::Error;
use crate::pool::Record;
use parking_lot::Mutex;
use std::ffi::c_void;

/// Compression by pushing, with output in pieces of one size. Give input with zst_compression_chunker_compress(), or
/// ask for a flush, then take pieces with zst_compression_chunker_next() until it returns ZST_DONE. No callbacks. May
/// be used from any thread, by one at a time: a second call gets ZST_ERROR_BUSY. Source: `ZstdCompressionChunker`.
pub struct zst_compression_chunker {
    chunker: Mutex<Pushed>,
    /// For calls that do not wait.
    record: Shared<Record>,
}

struct Pushed {
    chunker: CompressionChunker,
    /// What is left of the input that was given last.
    input: Lent,
}

/// A new chunker for one frame, with pieces of `chunk_size` bytes. `size` is the number of bytes that are going to be
/// compressed, or ZST_CONTENTSIZE_UNKNOWN; it tunes the parameters, is recorded in the frame, and is checked, unless
/// nothing comes at all: that makes an empty frame.
///
/// On success `*out` is the caller's; free it with zst_compression_chunker_free(). `compressor` may be freed before.
/// ZST_ERROR_VALUE when `chunk_size` is 0; ZST_COMPRESSION_RECOMMENDED_OUTPUT_SIZE is a good choice.
/// Source: `ZstdCompressor.chunker()`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_compressor_chunker(
    compressor: *const zst_compressor,
    size: u64,
    chunk_size: usize,
    out: *mut *mut zst_compression_chunker,
    err: *mut zst_error,
) -> zst_status {
    // SAFETY: the caller follows the rules at the top of zst.h.
    let call = unsafe { Call::begin(err) };
    call.run(|call| {
        let compressor = call.borrow(compressor, "compressor")?;
        let out = call.out(out, "out")?;
        let size = declared_size(size);
        let chunker = CompressionChunker::new(&compressor.0, size, chunk_size)?;
        let record = chunker.stream().record().clone();
        out.give_handle(zst_compression_chunker {
            chunker: Mutex::new(Pushed { chunker, input: Lent::nothing() }),
            record,
        })?;
        Ok(())
    })
}

/// Frees the chunker. A frame that was not ended stays so. NULL is fine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_compression_chunker_free(chunker: *mut zst_compression_chunker) {
    // SAFETY: the caller follows the rules at the top of zst.h.
    unsafe { boundary::free(chunker) }
}

/// Gives `src_len` bytes of input. `src` must stay valid and unchanged until zst_compression_chunker_next() has
/// returned ZST_DONE: until then nothing else can be begun. (A flush may be left before ZST_DONE; its rest comes with
/// the next pieces.) The pieces have exactly the chunker's size; what does not fill a piece waits inside.
///
/// ZST_ERROR_STATE when the input before has not been used up, or after zst_compression_chunker_finish().
/// Source: `ZstdCompressionChunker.compress()`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_compression_chunker_compress(
    chunker: *const zst_compression_chunker,
    src: *const c_void,
    src_len: usize,
    err: *mut zst_error,
) -> zst_status {
    // SAFETY: the caller follows the rules at the top of zst.h.
    let call = unsafe { Call::begin(err) };
    call.run(|call| {
        let chunker = call.borrow(chunker, "chunker")?;
        let src = call.bytes(src, src_len, "src")?;
        let mut pushed = chunker.chunker.try_lock().ok_or(Error::Busy)?;
        pushed.chunker.compress()?;
        pushed.input = Lent::new(src);
        Ok(())
    })
}

/// Asks for everything that was taken in so far. The last piece may be shorter.
///
/// ZST_ERROR_STATE when the input before has not been used up, or after zst_compression_chunker_finish().
/// Source: `ZstdCompressionChunker.flush()`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_compression_chunker_flush(
    chunker: *const zst_compression_chunker,
    err: *mut zst_error,
) -> zst_status {
    // SAFETY: the caller follows the rules at the top of zst.h.
    let call = unsafe { Call::begin(err) };
    call.run(|call| {
        let chunker = call.borrow(chunker, "chunker")?;
        chunker.chunker.try_lock().ok_or(Error::Busy)?.chunker.flush()
    })
}

/// Asks for everything that was taken in so far and for the end of the frame. The last piece may be shorter. No input
/// can be given afterwards.
///
/// ZST_ERROR_STATE when the input before has not been used up, or when the frame's end has been delivered.
/// Source: `ZstdCompressionChunker.finish()`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_compression_chunker_finish(
    chunker: *const zst_compression_chunker,
    err: *mut zst_error,
) -> zst_status {
    // SAFETY: the caller follows the rules at the top of zst.h.
    let call = unsafe { Call::begin(err) };
    call.run(|call| {
        let chunker = call.borrow(chunker, "chunker")?;
        chunker.chunker.try_lock().ok_or(Error::Busy)?.chunker.finish()
    })
}

/// Lends the next piece: `*out_data` is valid until the next call on the same chunker. ZST_DONE when there is none any
/// more; the outputs are untouched then.
///
/// ZST_ERROR_ZSTD when there is more or less input than was declared, and from then on.
/// Source: the iterators of `ZstdCompressionChunker`; libzstd's `ZSTD_compressStream2`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_compression_chunker_next(
    chunker: *const zst_compression_chunker,
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
        let mut pushed = chunker.chunker.try_lock().ok_or(Error::Busy)?;
        let Pushed { chunker, input } = &mut *pushed;
        let (used, piece) = chunker.next(call.lent(input))?;
        input.advance(used);
        let Some(piece) = piece else {
            *input = Lent::nothing();
            return Ok(ZST_DONE);
        };
        out_data.give(piece.as_ptr());
        out_len.give(piece.len());
        Ok(super::status::ZST_OK)
    })
}

/// How far the chunker has come. May be called from another thread while a call on the chunker runs.
/// Source: libzstd's `ZSTD_getFrameProgression`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_compression_chunker_frame_progression(
    chunker: *const zst_compression_chunker,
    out: *mut zst_frame_progression,
    err: *mut zst_error,
) -> zst_status {
    // SAFETY: the caller follows the rules at the top of zst.h.
    let call = unsafe { Call::begin(err) };
    call.run(|call| {
        let chunker = call.borrow(chunker, "chunker")?;
        let out = call.out(out, "out")?;
        out.give(chunker.record.progression().into());
        Ok(())
    })
}
