//! The C face of `compression_obj`.

use super::boundary::{self, Call, declared_size};
use super::bytes::zst_bytes;
use super::compressor::{zst_compressor, zst_frame_progression};
use super::error::zst_error;
use super::status::{ZST_DONE, ZST_OK, zst_status};
use crate::compression_obj::CompressionObj;
use crate::engine::{Ending, Room, Shared};
use crate::error::Error;
use crate::pool::Record;
use parking_lot::Mutex;
use std::ffi::c_void;

/// Compression by pushing: give input piece by piece, take what is ready. No callbacks. May be used from any thread, by
/// one at a time: a second call gets ZST_ERROR_BUSY. Source: `ZstdCompressionObj`.
pub struct zst_compression_obj {
    obj: Mutex<CompressionObj>,
    /// For calls that do not wait.
    record: Shared<Record>,
}

/// A new object for one frame. `size` is the number of bytes that are going to be compressed, or
/// ZST_CONTENTSIZE_UNKNOWN; it tunes the parameters, is recorded in the frame, and is checked, unless nothing comes at
/// all: that makes an empty frame.
///
/// On success `*out` is the caller's; free it with zst_compression_obj_free(). `compressor` may be freed before.
/// Source: `ZstdCompressor.compressobj()`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_compressor_compressobj(
    compressor: *const zst_compressor,
    size: u64,
    out: *mut *mut zst_compression_obj,
    err: *mut zst_error,
) -> zst_status {
    // SAFETY: the caller follows the rules at the top of zst.h.
    let call = unsafe { Call::begin(err) };
    call.run(|call| {
        let compressor = call.borrow(compressor, "compressor")?;
        let out = call.out(out, "out")?;
        let size = declared_size(size);
        let obj = CompressionObj::new(&compressor.0, size)?;
        let record = obj.stream().record().clone();
        out.give_handle(zst_compression_obj { obj: Mutex::new(obj), record })?;
        Ok(())
    })
}

/// Frees the object. A frame that was not ended stays so. NULL is fine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_compression_obj_free(obj: *mut zst_compression_obj) {
    // SAFETY: the caller follows the rules at the top of zst.h.
    unsafe { boundary::free(obj) }
}

/// Takes `src` in and gives what has become ready, which is often nothing.
///
/// On success fills `*out`; give it back with zst_bytes_free(). `src` is read during the call only.
/// ZST_ERROR_STATE after the frame was ended; ZST_ERROR_ZSTD when there is more input than was declared, and from then
/// on whenever libzstd has failed once. Source: `ZstdCompressionObj.compress()`; libzstd's `ZSTD_compressStream2`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_compression_obj_compress(
    obj: *const zst_compression_obj,
    src: *const c_void,
    src_len: usize,
    out: *mut zst_bytes,
    err: *mut zst_error,
) -> zst_status {
    // SAFETY: the caller follows the rules at the top of zst.h.
    let call = unsafe { Call::begin(err) };
    call.run(|call| {
        let obj = call.borrow(obj, "obj")?;
        let src = call.bytes(src, src_len, "src")?;
        let out = call.out(out, "out")?;
        let ready = obj.obj.try_lock().ok_or(Error::Busy)?.compress(src)?;
        out.give(ready.into());
        Ok(())
    })
}

/// Gives everything that was taken in. With ZST_COMPRESSOBJ_FLUSH_FINISH it ends the frame, and the object with it;
/// with ZST_COMPRESSOBJ_FLUSH_BLOCK more may follow.
///
/// On success fills `*out`; give it back with zst_bytes_free(). ZST_ERROR_VALUE for another `flush_mode`;
/// ZST_ERROR_STATE after the frame was ended; ZST_ERROR_ZSTD when there is more or less input than was declared.
/// Source: `ZstdCompressionObj.flush()`; libzstd's `ZSTD_compressStream2`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_compression_obj_flush(
    obj: *const zst_compression_obj,
    flush_mode: i32,
    out: *mut zst_bytes,
    err: *mut zst_error,
) -> zst_status {
    // SAFETY: the caller follows the rules at the top of zst.h.
    let call = unsafe { Call::begin(err) };
    call.run(|call| {
        let obj = call.borrow(obj, "obj")?;
        let ending = ending(flush_mode)?;
        let out = call.out(out, "out")?;
        let ready = obj.obj.try_lock().ok_or(Error::Busy)?.flush(ending)?;
        out.give(ready.into());
        Ok(())
    })
}

/// Takes in as much of `src` as there is room for what becomes ready, and puts that at `dst`, which has `dst_len` bytes
/// and does not overlap `src`. No memory of the library's own is involved.
///
/// On success sets `*out_len` to the bytes at `dst`, and `*out_src_used` to the bytes of `src` that were taken in; when
/// they are not all, call it again with the rest. Output that fills `dst` may have more behind it: a call without input
/// gives that, or a later one. ZST_ERROR_VALUE when `dst_len` is 0; otherwise fails as
/// zst_compression_obj_compress(). Source: `ZstdCompressionObj.compress()`; libzstd's `ZSTD_compressStream2`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_compression_obj_compress_into(
    obj: *const zst_compression_obj,
    src: *const c_void,
    src_len: usize,
    dst: *mut c_void,
    dst_len: usize,
    out_len: *mut usize,
    out_src_used: *mut usize,
    err: *mut zst_error,
) -> zst_status {
    // SAFETY: the caller follows the rules at the top of zst.h.
    let call = unsafe { Call::begin(err) };
    call.run(|call| {
        let obj = call.borrow(obj, "obj")?;
        let src = call.bytes(src, src_len, "src")?;
        let dst = call.place(dst, dst_len, "dst", src)?;
        let out_len = call.out(out_len, "out_len")?;
        let out_src_used = call.out(out_src_used, "out_src_used")?;
        let mut room = Room::new(dst);
        let used = obj.obj.try_lock().ok_or(Error::Busy)?.compress_into(&mut room, src)?;
        out_len.give(room.len());
        out_src_used.give(used);
        Ok(())
    })
}

/// Gives everything that was taken in, as zst_compression_obj_flush(), at `dst`, which has `dst_len` bytes.
///
/// ZST_DONE when that was all. ZST_OK when there was too little room: call it again with the same `flush_mode`. Both
/// set `*out_len` to the bytes at `dst`. ZST_ERROR_VALUE when `dst_len` is 0; otherwise fails as
/// zst_compression_obj_flush(). Source: `ZstdCompressionObj.flush()`; libzstd's `ZSTD_compressStream2`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_compression_obj_flush_into(
    obj: *const zst_compression_obj,
    flush_mode: i32,
    dst: *mut c_void,
    dst_len: usize,
    out_len: *mut usize,
    err: *mut zst_error,
) -> zst_status {
    // SAFETY: the caller follows the rules at the top of zst.h.
    let call = unsafe { Call::begin(err) };
    call.run_with_status(|call| {
        let obj = call.borrow(obj, "obj")?;
        let ending = ending(flush_mode)?;
        let dst = call.place(dst, dst_len, "dst", &[])?;
        let out_len = call.out(out_len, "out_len")?;
        let mut room = Room::new(dst);
        let done = obj.obj.try_lock().ok_or(Error::Busy)?.flush_into(&mut room, ending)?;
        out_len.give(room.len());
        Ok(if done { ZST_DONE } else { ZST_OK })
    })
}

/// How far the object has come. May be called from another thread while a call on the object runs.
/// Source: libzstd's `ZSTD_getFrameProgression`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_compression_obj_frame_progression(
    obj: *const zst_compression_obj,
    out: *mut zst_frame_progression,
    err: *mut zst_error,
) -> zst_status {
    // SAFETY: the caller follows the rules at the top of zst.h.
    let call = unsafe { Call::begin(err) };
    call.run(|call| {
        let obj = call.borrow(obj, "obj")?;
        let out = call.out(out, "out")?;
        out.give(obj.record.progression().into());
        Ok(())
    })
}

fn ending(flush_mode: i32) -> Result<Ending, Error> {
    match flush_mode {
        super::library::ZST_COMPRESSOBJ_FLUSH_FINISH => Ok(Ending::Frame),
        super::library::ZST_COMPRESSOBJ_FLUSH_BLOCK => Ok(Ending::Block),
        _ => Err(Error::UnknownFlushMode),
    }
}
