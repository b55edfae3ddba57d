//! The C face of `decompressor`.

use super::boundary::{self, Call};
use super::bytes::{zst_bytes, zst_slice};
use super::compression_dict::zst_compression_dict;
use super::decompression_parameters::zst_decompression_parameters;
use super::error::zst_error;
use super::status::zst_status;
use crate::decompression_parameters::{DecompressionParameters, Dictionaries};
use crate::decompression_plan::Request;
use crate::decompressor::Decompressor;
use crate::engine::{self, Shared};
use crate::error::Error;
use std::ffi::c_void;

/// A decompressor: immutable settings, and contexts that are reused. One decompressor serves any number of threads at a
/// time, in parallel. Source: `ZstdDecompressor`; libzstd's `ZSTD_DCtx`.
pub struct zst_decompressor(pub(super) Shared<Decompressor>);

/// Decode all frames, not only the first one, and join their contents.
pub const ZST_DECOMPRESS_READ_ACROSS_FRAMES: i32 = 1;
/// Bytes after the last frame that is decoded are an error, ZST_ERROR_ZSTD; otherwise they are ignored.
pub const ZST_DECOMPRESS_REFUSE_EXTRA_DATA: i32 = 2;
/// A frame that does not record the size of its content is an error, ZST_ERROR_ZSTD, unless max_output_size is given.
pub const ZST_DECOMPRESS_REQUIRE_CONTENT_SIZE: i32 = 4;
/// In streams: input that ends inside a frame is an error, ZST_ERROR_TRUNCATED, which comes after everything that could
/// be decoded; otherwise it is the end.
pub const ZST_DECOMPRESS_STRICT: i32 = 8;
/// In zst_decompressor_copy_stream(), which is strict by itself: input that ends inside a frame is the end.
pub const ZST_DECOMPRESS_ALLOW_TRUNCATED: i32 = 16;

/// A decompressor with default parameters and, unless NULL, a dictionary.
///
/// On success `*out` is the caller's; free it with zst_decompressor_free(). `dict` may be freed before.
/// ZST_ERROR_ZSTD when the dictionary cannot be used. Source: `ZstdDecompressor(dict_data)`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_decompressor_new(
    dict: *const zst_compression_dict,
    out: *mut *mut zst_decompressor,
    err: *mut zst_error,
) -> zst_status {
    // SAFETY: the caller follows the rules at the top of zst.h.
    let call = unsafe { Call::begin(err) };
    call.run(|call| {
        let mut dictionaries = Dictionaries::default();
        if let Some(dict) = call.borrow_optional(dict) {
            dictionaries.add(&dict.0)?;
        }
        let out = call.out(out, "out")?;
        let decompressor = Decompressor::new(DecompressionParameters::default(), &dictionaries)?;
        out.give_handle(zst_decompressor(Shared::try_new(decompressor)?))?;
        Ok(())
    })
}

/// A decompressor for `parameters`, which are copied. `dict`, unless NULL, comes before the dictionaries of
/// `parameters`: it is also for frames without a dictionary id.
///
/// On success `*out` is the caller's; free it with zst_decompressor_free(). `parameters` and `dict` may be freed
/// before. ZST_ERROR_ZSTD when a dictionary cannot be used, ZST_ERROR_VALUE when two have the same id.
/// Source: `ZstdDecompressor(dict_data, max_window_size, format)`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_decompressor_new_from_parameters(
    parameters: *const zst_decompression_parameters,
    dict: *const zst_compression_dict,
    out: *mut *mut zst_decompressor,
    err: *mut zst_error,
) -> zst_status {
    // SAFETY: the caller follows the rules at the top of zst.h.
    let call = unsafe { Call::begin(err) };
    call.run(|call| {
        let settings = call.borrow(parameters, "parameters")?.0.read().try_clone()?;
        let mut dictionaries = Dictionaries::default();
        if let Some(dict) = call.borrow_optional(dict) {
            dictionaries.add(&dict.0)?;
        }
        for dictionary in settings.dictionaries.iter() {
            dictionaries.add(dictionary)?;
        }
        let out = call.out(out, "out")?;
        let decompressor = Decompressor::new(settings.parameters, &dictionaries)?;
        out.give_handle(zst_decompressor(Shared::try_new(decompressor)?))?;
        Ok(())
    })
}

/// Frees the decompressor. No call on it may be running. NULL is fine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_decompressor_free(decompressor: *mut zst_decompressor) {
    // SAFETY: the caller follows the rules at the top of zst.h.
    unsafe { boundary::free(decompressor) }
}

/// Decompresses the first frame in `src`, or all of them, into memory of the right size. Skippable frames are passed
/// over.
///
/// `max_output_size` limits the output in bytes, 0 is no limit: with ZST_DECOMPRESS_READ_ACROSS_FRAMES that of all
/// frames together, otherwise that of a frame which does not record its size (ZST_D_MAX_OUTPUT_SIZE is a limit whatever
/// a frame records). `flags` are ZST_DECOMPRESS_*, or 0.
///
/// On success fills `*out`; give it back with zst_bytes_free(). Unless NULL, `*out_src_used` is set to the number of
/// bytes of `src` up to the end of the last frame that was decoded or passed over. `src` is read during the call only.
///
/// ZST_ERROR_TRUNCATED when the input ends inside a frame, ZST_ERROR_LIMIT when a limit is reached, ZST_ERROR_ZSTD when
/// the data is damaged, is no frame, or needs another dictionary. No memory is reserved for content that the input
/// cannot expand to, whatever its header claims.
/// Source: `ZstdDecompressor.decompress()`; libzstd's `ZSTD_decompressDCtx`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_decompressor_decompress(
    decompressor: *const zst_decompressor,
    src: *const c_void,
    src_len: usize,
    max_output_size: u64,
    flags: i32,
    out: *mut zst_bytes,
    out_src_used: *mut usize,
    err: *mut zst_error,
) -> zst_status {
    // SAFETY: the caller follows the rules at the top of zst.h.
    let call = unsafe { Call::begin(err) };
    call.run(|call| {
        let decompressor = call.borrow(decompressor, "decompressor")?;
        let src = call.bytes(src, src_len, "src")?;
        let request = request(max_output_size, flags)?;
        let out = call.out(out, "out")?;
        let out_src_used = call.out_optional(out_src_used);
        let (content, used) = decompressor.0.decompress(src, request)?;
        out.give(content.into());
        if let Some(out_src_used) = out_src_used {
            out_src_used.give(used);
        }
        Ok(())
    })
}

/// The same as zst_decompressor_decompress() into memory of the caller: `dst` has room for `dst_len` bytes and does not
/// overlap `src`.
///
/// On success sets `*out_len` to the size of the content; the bytes of `dst` behind it are undefined. On failure
/// `*out_len` and `*out_src_used` are untouched and the content of `dst` is undefined.
///
/// ZST_ERROR_BUFFER_TOO_SMALL when the content does not fit; err->expected is a size that is enough, if it is within
/// the limits. Where that can be told from the frame headers, `dst` is not touched. Other errors as in
/// zst_decompressor_decompress().
/// Source: `ZstdDecompressor.decompress()`; libzstd's `ZSTD_decompressDCtx`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_decompressor_decompress_into(
    decompressor: *const zst_decompressor,
    src: *const c_void,
    src_len: usize,
    max_output_size: u64,
    flags: i32,
    dst: *mut c_void,
    dst_len: usize,
    out_len: *mut usize,
    out_src_used: *mut usize,
    err: *mut zst_error,
) -> zst_status {
    // SAFETY: the caller follows the rules at the top of zst.h.
    let call = unsafe { Call::begin(err) };
    call.run(|call| {
        let decompressor = call.borrow(decompressor, "decompressor")?;
        let src = call.bytes(src, src_len, "src")?;
        let request = request(max_output_size, flags)?;
        let dst = call.place(dst, dst_len, "dst", src)?;
        let out_len = call.out(out_len, "out_len")?;
        let out_src_used = call.out_optional(out_src_used);
        let (content, used) = decompressor.0.decompress_into(dst, src, request)?;
        out_len.give(content.len());
        if let Some(out_src_used) = out_src_used {
            out_src_used.give(used);
        }
        Ok(())
    })
}

/// Decompresses a chain of `count` frames, of which each was compressed with the content of the one before as its
/// prefix dictionary (ZST_DICT_TYPE_RAWCONTENT); gives the content of the last. Every frame must record the size of its
/// content. The decompressor's own dictionaries are not used. The frames are read during the call only.
///
/// On success fills `*out`; give it back with zst_bytes_free(). On failure err->item_index is the frame.
/// ZST_ERROR_VALUE when there is no frame or one is no frame, ZST_ERROR_TRUNCATED when one is cut, ZST_ERROR_ZSTD when
/// one is damaged, ZST_ERROR_LIMIT when one is larger than ZST_D_MAX_OUTPUT_SIZE.
/// Source: `ZstdDecompressor.decompress_content_dict_chain()`; libzstd's `ZSTD_DCtx_refPrefix`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_decompressor_decompress_content_dict_chain(
    decompressor: *const zst_decompressor,
    frames: *const zst_slice,
    count: usize,
    out: *mut zst_bytes,
    err: *mut zst_error,
) -> zst_status {
    // SAFETY: the caller follows the rules at the top of zst.h.
    let call = unsafe { Call::begin(err) };
    call.run(|call| {
        let decompressor = call.borrow(decompressor, "decompressor")?;
        let frames = call.slices(frames, count, "frames")?.iter();
        let out = call.out(out, "out")?;
        let content = decompressor.0.decompress_content_dict_chain(frames)?;
        out.give(content.into());
        Ok(())
    })
}

/// Bytes of memory used by the context of the operation that was started last on this decompressor; before any, by a
/// fresh context. May be called from another thread while the operation runs.
///
/// Source: `ZstdDecompressor.memory_size()`; libzstd's `ZSTD_sizeof_DCtx`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_decompressor_memory_size(
    decompressor: *const zst_decompressor,
    out_size: *mut usize,
    err: *mut zst_error,
) -> zst_status {
    // SAFETY: the caller follows the rules at the top of zst.h.
    let call = unsafe { Call::begin(err) };
    call.run(|call| {
        let decompressor = call.borrow(decompressor, "decompressor")?;
        let out_size = call.out(out_size, "out_size")?;
        let size = decompressor.0.memory_size()?;
        out_size.give(size);
        Ok(())
    })
}

/// Decompresses the first frame in `src` with default parameters: zst_decompressor_new(), zst_decompressor_decompress()
/// and zst_decompressor_free() in one. Contexts are kept for the next call. `max_output_size` is as in
/// zst_decompressor_decompress(): it does not limit a frame that records its size. For input that you do not trust, use
/// a decompressor with ZST_D_MAX_OUTPUT_SIZE.
///
/// On success fills `*out`; give it back with zst_bytes_free(). `src` is read during the call only.
/// Errors as in zst_decompressor_decompress(). Source: `zstandard.decompress()`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_decompress(
    src: *const c_void,
    src_len: usize,
    max_output_size: u64,
    out: *mut zst_bytes,
    err: *mut zst_error,
) -> zst_status {
    // SAFETY: the caller follows the rules at the top of zst.h.
    let call = unsafe { Call::begin(err) };
    call.run(|call| {
        let src = call.bytes(src, src_len, "src")?;
        let out = call.out(out, "out")?;
        let decompressor = Decompressor::new(DecompressionParameters::default(), &Dictionaries::default())?;
        let (content, _) = decompressor.decompress(src, request(max_output_size, 0)?)?;
        out.give(content.into());
        Ok(())
    })
}

/// Bytes of memory that a fresh decompression context uses.
/// Source: `zstandard.estimate_decompression_context_size()`; libzstd's `ZSTD_estimateDCtxSize`.
#[unsafe(no_mangle)]
pub extern "C" fn zst_estimate_decompression_context_size() -> usize {
    engine::estimate_dctx_size()
}

pub fn check_flags(flags: i32, allowed: i32) -> Result<(), Error> {
    match flags & !allowed {
        0 => Ok(()),
        unknown => Err(Error::UnknownFlags { flags: unknown }),
    }
}

fn request(max_output_size: u64, flags: i32) -> Result<Request, Error> {
    const ALL: i32 =
        ZST_DECOMPRESS_READ_ACROSS_FRAMES | ZST_DECOMPRESS_REFUSE_EXTRA_DATA | ZST_DECOMPRESS_REQUIRE_CONTENT_SIZE;
    check_flags(flags, ALL)?;
    Ok(Request {
        max_output_size: (max_output_size != 0).then_some(max_output_size),
        read_across_frames: flags & ZST_DECOMPRESS_READ_ACROSS_FRAMES != 0,
        refuse_extra_data: flags & ZST_DECOMPRESS_REFUSE_EXTRA_DATA != 0,
        require_content_size: flags & ZST_DECOMPRESS_REQUIRE_CONTENT_SIZE != 0,
    })
}
