//! The C face of `decompression_obj`.

use super::boundary::{self, Call};
use super::bytes::zst_bytes;
use super::decompressor::{ZST_DECOMPRESS_READ_ACROSS_FRAMES, check_flags, zst_decompressor};
use super::error::zst_error;
use super::status::zst_status;
use crate::decompression_obj::DecompressionObj;
use crate::engine::Room;
use crate::error::Error;
use parking_lot::Mutex;
use std::ffi::c_void;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

/// Decompression by pushing: give input piece by piece, cut anywhere, take its content. No callbacks. May be used from
/// any thread, by one at a time: a second call gets ZST_ERROR_BUSY. Source: `ZstdDecompressionObj`.
pub struct zst_decompression_obj {
    obj: Mutex<DecompressionObj>,
    /// For calls that do not wait.
    eof: AtomicBool,
    at_frame_end: AtomicBool,
}

impl zst_decompression_obj {
    fn run<R>(&self, operation: impl FnOnce(&mut DecompressionObj) -> Result<R, Error>) -> Result<R, Error> {
        let mut obj = self.obj.try_lock().ok_or(Error::Busy)?;
        let result = operation(&mut obj);
        self.eof.store(obj.eof(), Relaxed);
        self.at_frame_end.store(obj.stream().at_frame_end(), Relaxed);
        result
    }
}

/// A new object. `flags` is 0 for one frame, a skippable one included, or ZST_DECOMPRESS_READ_ACROSS_FRAMES for any
/// number of frames, of which skippable ones are passed over.
///
/// On success `*out` is the caller's; free it with zst_decompression_obj_free(). `decompressor` may be freed before.
/// ZST_ERROR_VALUE for other flags. Source: `ZstdDecompressor.decompressobj()`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_decompressor_decompressobj(
    decompressor: *const zst_decompressor,
    flags: i32,
    out: *mut *mut zst_decompression_obj,
    err: *mut zst_error,
) -> zst_status {
    // SAFETY: the caller follows the rules at the top of zst.h.
    let call = unsafe { Call::begin(err) };
    call.run(|call| {
        let decompressor = call.borrow(decompressor, "decompressor")?;
        let out = call.out(out, "out")?;
        check_flags(flags, ZST_DECOMPRESS_READ_ACROSS_FRAMES)?;
        let obj = DecompressionObj::new(&decompressor.0, flags & ZST_DECOMPRESS_READ_ACROSS_FRAMES != 0)?;
        out.give_handle(zst_decompression_obj {
            obj: Mutex::new(obj),
            eof: AtomicBool::new(false),
            at_frame_end: AtomicBool::new(true),
        })?;
        Ok(())
    })
}

/// Frees the object. NULL is fine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_decompression_obj_free(obj: *mut zst_decompression_obj) {
    // SAFETY: the caller follows the rules at the top of zst.h.
    unsafe { boundary::free(obj) }
}

/// Takes `src` in and gives the content that has become ready.
///
/// On success fills `*out`; give it back with zst_bytes_free(). Unless NULL, `*out_src_used` is set to the number of
/// bytes of `src` that were used: all of them, or those up to the end of the one frame; the rest is for the next
/// object. `src` is read during the call only.
/// ZST_ERROR_STATE after the one frame has ended. ZST_ERROR_ZSTD when the data is damaged or needs another dictionary
/// and ZST_ERROR_LIMIT when a limit is reached, from then on always.
/// Source: `ZstdDecompressionObj.decompress()`; libzstd's `ZSTD_decompressStream`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_decompression_obj_decompress(
    obj: *const zst_decompression_obj,
    src: *const c_void,
    src_len: usize,
    out: *mut zst_bytes,
    out_src_used: *mut usize,
    err: *mut zst_error,
) -> zst_status {
    // SAFETY: the caller follows the rules at the top of zst.h.
    let call = unsafe { Call::begin(err) };
    call.run(|call| {
        let handle = call.borrow(obj, "obj")?;
        let src = call.bytes(src, src_len, "src")?;
        let out = call.out(out, "out")?;
        let out_src_used = call.out_optional(out_src_used);
        let (content, used) = handle.run(|obj| obj.decompress(src))?;
        out.give(content.into());
        if let Some(out_src_used) = out_src_used {
            out_src_used.give(used);
        }
        Ok(())
    })
}

/// Takes in as much of `src` as there is room for its content, and puts that at `dst`, which has `dst_len` bytes and
/// does not overlap `src`. No memory of the library's own is involved.
///
/// On success sets `*out_len` to the bytes at `dst`, and `*out_src_used` to the bytes of `src` that were used. When
/// `*out_len` is `dst_len`, or some of `src` is left, there is more: call it again with the rest of `src`, which may be
/// nothing, unless the one frame has ended. An error comes when there is nothing to give before it. ZST_ERROR_VALUE
/// when `dst_len` is 0; otherwise fails as zst_decompression_obj_decompress(). Source:
/// `ZstdDecompressionObj.decompress()`; libzstd's `ZSTD_decompressStream`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_decompression_obj_decompress_into(
    obj: *const zst_decompression_obj,
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
        let handle = call.borrow(obj, "obj")?;
        let src = call.bytes(src, src_len, "src")?;
        let dst = call.place(dst, dst_len, "dst", src)?;
        let out_len = call.out(out_len, "out_len")?;
        let out_src_used = call.out(out_src_used, "out_src_used")?;
        let mut room = Room::new(dst);
        let used = handle.run(|obj| obj.decompress_into(&mut room, src))?;
        out_len.give(room.len());
        out_src_used.give(used);
        Ok(())
    })
}

/// 1 when the one frame has ended, else 0; always 0 with ZST_DECOMPRESS_READ_ACROSS_FRAMES, and for NULL.
/// Source: `ZstdDecompressionObj.eof`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_decompression_obj_eof(obj: *const zst_decompression_obj) -> i32 {
    // SAFETY: NULL or a live handle.
    unsafe { obj.as_ref() }.is_some_and(|obj| obj.eof.load(Relaxed)).into()
}

/// 1 when everything that was taken in are complete frames, else 0, and for NULL: input that ends now is cut then.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_decompression_obj_at_frame_end(obj: *const zst_decompression_obj) -> i32 {
    // SAFETY: NULL or a live handle.
    unsafe { obj.as_ref() }.is_some_and(|obj| obj.at_frame_end.load(Relaxed)).into()
}
