//! The C face of `compressor`.

use super::boundary::{self, Call};
use super::bytes::zst_bytes;
use super::compression_dict::zst_compression_dict;
use super::compression_parameters::zst_compression_parameters;
use super::error::zst_error;
use super::status::zst_status;
use crate::compression_parameters::CompressionParameters;
use crate::compressor::Compressor;
use crate::engine::{self, Progression, Shared};
use std::ffi::c_void;

/// A compressor: immutable settings, and contexts that are reused. One compressor serves any number of threads at a
/// time, in parallel. Source: `ZstdCompressor`; libzstd's `ZSTD_CCtx`.
pub struct zst_compressor(pub(super) Shared<Compressor>);

/// How far a compression has come, in bytes. Source: `frame_progression()`; libzstd's `ZSTD_frameProgression`.
#[repr(C)]
pub struct zst_frame_progression {
    /// Taken in.
    pub ingested: u64,
    /// Of these, compressed.
    pub consumed: u64,
    /// Given out.
    pub produced: u64,
}

impl From<Progression> for zst_frame_progression {
    fn from(progression: Progression) -> zst_frame_progression {
        zst_frame_progression {
            ingested: progression.ingested,
            consumed: progression.consumed,
            produced: progression.produced,
        }
    }
}

/// A compressor for `level` (1 to 22; 0 is the default, 3; negative levels are faster) and, unless NULL, a dictionary.
/// Frames record the size of their content and the dictionary's id, and have no checksum.
///
/// On success `*out` is the caller's; free it with zst_compressor_free(). `dict` may be freed before.
/// ZST_ERROR_VALUE when the level is above 22. Source: `ZstdCompressor(level, dict_data)`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_compressor_new(
    level: i32,
    dict: *const zst_compression_dict,
    out: *mut *mut zst_compressor,
    err: *mut zst_error,
) -> zst_status {
    // SAFETY: the caller follows the rules at the top of zst.h.
    let call = unsafe { Call::begin(err) };
    call.run(|call| {
        let dict = call.borrow_optional(dict).map(|dict| dict.0.clone());
        let out = call.out(out, "out")?;
        let compressor = Compressor::new(CompressionParameters::for_level(level)?, dict)?;
        out.give_handle(zst_compressor(Shared::try_new(compressor)?))?;
        Ok(())
    })
}

/// A compressor for `parameters`, which are copied, and, unless NULL, a dictionary.
///
/// On success `*out` is the caller's; free it with zst_compressor_free(). `parameters` and `dict` may be freed before.
/// Source: `ZstdCompressor(compression_params, dict_data)`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_compressor_new_from_parameters(
    parameters: *const zst_compression_parameters,
    dict: *const zst_compression_dict,
    out: *mut *mut zst_compressor,
    err: *mut zst_error,
) -> zst_status {
    // SAFETY: the caller follows the rules at the top of zst.h.
    let call = unsafe { Call::begin(err) };
    call.run(|call| {
        let parameters = call.borrow(parameters, "parameters")?;
        let dict = call.borrow_optional(dict).map(|dict| dict.0.clone());
        let out = call.out(out, "out")?;
        let parameters = parameters.0.read().clone();
        out.give_handle(zst_compressor(Shared::try_new(Compressor::new(parameters, dict)?)?))?;
        Ok(())
    })
}

/// Frees the compressor. No call on it may be running. NULL is fine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_compressor_free(compressor: *mut zst_compressor) {
    // SAFETY: the caller follows the rules at the top of zst.h.
    unsafe { boundary::free(compressor) }
}

/// Compresses `src` into one frame.
///
/// On success fills `*out`; give it back with zst_bytes_free(). `src` is read during the call only.
/// ZST_ERROR_ZSTD when the dictionary cannot be used. Source: `ZstdCompressor.compress()`; libzstd's `ZSTD_compress2`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_compressor_compress(
    compressor: *const zst_compressor,
    src: *const c_void,
    src_len: usize,
    out: *mut zst_bytes,
    err: *mut zst_error,
) -> zst_status {
    // SAFETY: the caller follows the rules at the top of zst.h.
    let call = unsafe { Call::begin(err) };
    call.run(|call| {
        let compressor = call.borrow(compressor, "compressor")?;
        let src = call.bytes(src, src_len, "src")?;
        let out = call.out(out, "out")?;
        let frame = compressor.0.compress(src)?;
        out.give(frame.into());
        Ok(())
    })
}

/// Compresses `src` into one frame at `dst`, which has room for `dst_len` bytes and does not overlap `src`.
/// zst_compress_bound(src_len) bytes are always enough.
///
/// On success sets `*out_len` to the size of the frame. On failure `*out_len` is untouched and the content of `dst` is
/// undefined. ZST_ERROR_BUFFER_TOO_SMALL when the frame does not fit; err->expected is a size that is enough.
/// Source: `ZstdCompressor.compress()`; libzstd's `ZSTD_compress2`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_compressor_compress_into(
    compressor: *const zst_compressor,
    src: *const c_void,
    src_len: usize,
    dst: *mut c_void,
    dst_len: usize,
    out_len: *mut usize,
    err: *mut zst_error,
) -> zst_status {
    // SAFETY: the caller follows the rules at the top of zst.h.
    let call = unsafe { Call::begin(err) };
    call.run(|call| {
        let compressor = call.borrow(compressor, "compressor")?;
        let src = call.bytes(src, src_len, "src")?;
        let dst = call.place(dst, dst_len, "dst", src)?;
        let out_len = call.out(out_len, "out_len")?;
        let frame = compressor.0.compress_into(dst, src)?;
        out_len.give(frame.len());
        Ok(())
    })
}

/// How far the operation has come that was started last on this compressor; its final figures when it has ended, zeros
/// before any. May be called from another thread while the operation runs.
///
/// With worker threads the figures move during zst_compressor_compress(); without, libzstd reports at the end.
/// Source: `ZstdCompressor.frame_progression()`; libzstd's `ZSTD_getFrameProgression`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_compressor_frame_progression(
    compressor: *const zst_compressor,
    out: *mut zst_frame_progression,
    err: *mut zst_error,
) -> zst_status {
    // SAFETY: the caller follows the rules at the top of zst.h.
    let call = unsafe { Call::begin(err) };
    call.run(|call| {
        let compressor = call.borrow(compressor, "compressor")?;
        let out = call.out(out, "out")?;
        out.give(compressor.0.frame_progression().into());
        Ok(())
    })
}

/// Bytes of memory used by the context of the operation that was started last on this compressor; before any, by a
/// fresh context. May be called from another thread while the operation runs; worker threads are counted when they are
/// done.
///
/// Source: `ZstdCompressor.memory_size()`; libzstd's `ZSTD_sizeof_CCtx`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_compressor_memory_size(
    compressor: *const zst_compressor,
    out_size: *mut usize,
    err: *mut zst_error,
) -> zst_status {
    // SAFETY: the caller follows the rules at the top of zst.h.
    let call = unsafe { Call::begin(err) };
    call.run(|call| {
        let compressor = call.borrow(compressor, "compressor")?;
        let out_size = call.out(out_size, "out_size")?;
        let size = compressor.0.memory_size()?;
        out_size.give(size);
        Ok(())
    })
}

/// Compresses `src` into one frame at `level`: zst_compressor_new(), zst_compressor_compress() and
/// zst_compressor_free() in one. Contexts are kept for the next call.
///
/// On success fills `*out`; give it back with zst_bytes_free(). `src` is read during the call only.
/// ZST_ERROR_VALUE when the level is above 22. Source: `zstandard.compress()`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_compress(
    src: *const c_void,
    src_len: usize,
    level: i32,
    out: *mut zst_bytes,
    err: *mut zst_error,
) -> zst_status {
    // SAFETY: the caller follows the rules at the top of zst.h.
    let call = unsafe { Call::begin(err) };
    call.run(|call| {
        let src = call.bytes(src, src_len, "src")?;
        let out = call.out(out, "out")?;
        let frame = Compressor::new(CompressionParameters::for_level(level)?, None)?.compress(src)?;
        out.give(frame.into());
        Ok(())
    })
}

/// A size that is enough for the frame of any `src_len` bytes; 0 when `src_len` is more than can be compressed in one
/// piece. Source: libzstd's `ZSTD_compressBound`.
#[unsafe(no_mangle)]
pub extern "C" fn zst_compress_bound(src_len: usize) -> usize {
    engine::compress_bound(src_len).unwrap_or(0)
}
