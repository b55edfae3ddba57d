//! The C face of `frame`.

use super::boundary::{self, Call};
use super::error::zst_error;
use super::library::ZST_CONTENTSIZE_UNKNOWN;
use super::status::zst_status;
use crate::engine::{self, FrameKind};
use crate::frame;
use std::ffi::c_void;

/// A frame with content.
pub const ZST_FRAME_TYPE_ZSTD: i32 = 0;
/// A frame that decoders pass over.
pub const ZST_FRAME_TYPE_SKIPPABLE: i32 = 1;

/// What a frame header says. Source: `FrameParameters`; libzstd's `ZSTD_FrameHeader`.
#[repr(C)]
pub struct zst_frame_parameters {
    /// Bytes of content, ZST_CONTENTSIZE_UNKNOWN when the header does not record it. Of a skippable frame: its
    /// payload.
    pub content_size: u64,
    /// Bytes of memory that a decoder needs for matches; 0 of a skippable frame.
    pub window_size: u64,
    /// Id of the dictionary it was compressed with, 0 for none.
    pub dict_id: u32,
    /// 1 when a checksum follows the content, else 0.
    pub has_checksum: i32,
    /// One of ZST_FRAME_TYPE_*.
    pub frame_type: i32,
    /// Bytes of the header itself.
    pub header_size: u32,
    /// Largest content of a block, in bytes; 0 of a skippable frame.
    pub block_size_max: u32,
    /// Of a skippable frame: 0 to 15, the application's choice; else 0.
    pub magic_variant: u32,
}

/// Reads the header of the frame at the start of `src`. 18 bytes are always enough. `format` is ZST_FORMAT_*.
///
/// ZST_ERROR_TRUNCATED when `src` ends inside the header; err->expected is the number of bytes needed in all.
/// ZST_ERROR_ZSTD when `src` does not begin with a frame, or for an unknown `format`.
/// Source: `zstandard.get_frame_parameters()`; libzstd's `ZSTD_getFrameHeader_advanced`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_get_frame_parameters(
    src: *const c_void,
    src_len: usize,
    format: i32,
    out: *mut zst_frame_parameters,
    err: *mut zst_error,
) -> zst_status {
    // SAFETY: the caller follows the rules at the top of zst.h.
    let call = unsafe { Call::begin(err) };
    call.run(|call| {
        let src = call.bytes(src, src_len, "src")?;
        let format = boundary::format(format, "cannot get frame parameters")?;
        let out = call.out(out, "out")?;
        let header = frame::frame_parameters(src, format)?;
        out.give(zst_frame_parameters {
            content_size: header.content_size.unwrap_or(ZST_CONTENTSIZE_UNKNOWN),
            window_size: header.window_size,
            dict_id: header.dict_id,
            has_checksum: header.has_checksum.into(),
            frame_type: match header.kind {
                FrameKind::Zstd => ZST_FRAME_TYPE_ZSTD,
                FrameKind::Skippable => ZST_FRAME_TYPE_SKIPPABLE,
            },
            header_size: header.header_size as u32,
            block_size_max: header.block_size_max,
            magic_variant: header.magic_variant,
        });
        Ok(())
    })
}

/// The length of the frame header at the start of `src`, in bytes. Five bytes are enough, one in the magicless format.
/// The magic number is not looked at.
///
/// ZST_ERROR_TRUNCATED when there are fewer.
/// Source: `zstandard.frame_header_size()`; libzstd's `ZSTD_frameHeaderSize`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_frame_header_size(
    src: *const c_void,
    src_len: usize,
    format: i32,
    out_size: *mut usize,
    err: *mut zst_error,
) -> zst_status {
    // SAFETY: the caller follows the rules at the top of zst.h.
    let call = unsafe { Call::begin(err) };
    call.run(|call| {
        let src = call.bytes(src, src_len, "src")?;
        let format = boundary::format(format, "could not determine frame header size")?;
        let out_size = call.out(out_size, "out_size")?;
        let size = frame::header_size(src, format)?;
        out_size.give(size);
        Ok(())
    })
}

/// The size of the content that the header of the first frame in `src` records, in bytes; ZST_CONTENTSIZE_UNKNOWN when
/// it records none; 0 for a skippable frame. It is what the header says, which need not be true.
///
/// ZST_ERROR_TRUNCATED when `src` ends inside the header, ZST_ERROR_ZSTD when it does not begin with a frame.
/// Source: `zstandard.frame_content_size()`; libzstd's `ZSTD_getFrameContentSize`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_frame_content_size(
    src: *const c_void,
    src_len: usize,
    format: i32,
    out_size: *mut u64,
    err: *mut zst_error,
) -> zst_status {
    // SAFETY: the caller follows the rules at the top of zst.h.
    let call = unsafe { Call::begin(err) };
    call.run(|call| {
        let src = call.bytes(src, src_len, "src")?;
        let format = boundary::format(format, "error when determining content size")?;
        let out_size = call.out(out_size, "out_size")?;
        let size = frame::content_size(src, format)?;
        out_size.give(size.unwrap_or(ZST_CONTENTSIZE_UNKNOWN));
        Ok(())
    })
}

/// The length of the first frame in `src`, skippable or not, from its first to its last byte. Nothing is decoded.
///
/// ZST_ERROR_TRUNCATED when `src` ends inside the frame, ZST_ERROR_ZSTD when it does not begin with one.
/// Source: libzstd's `ZSTD_findFrameCompressedSize`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_frame_compressed_size(
    src: *const c_void,
    src_len: usize,
    format: i32,
    out_size: *mut usize,
    err: *mut zst_error,
) -> zst_status {
    // SAFETY: the caller follows the rules at the top of zst.h.
    let call = unsafe { Call::begin(err) };
    call.run(|call| {
        let src = call.bytes(src, src_len, "src")?;
        let format = boundary::format(format, "cannot find the frame's end")?;
        let out_size = call.out(out_size, "out_size")?;
        let size = frame::compressed_size(src, format)?;
        out_size.give(size);
        Ok(())
    })
}

/// A size that the contents of all frames in `src` together do not exceed, in bytes, if the frames are valid; what this
/// library decodes does not exceed it. Recorded sizes count as far as the
/// frame's blocks can hold them (128 KiB each); the others are estimated from the blocks. Nothing is decoded.
///
/// ZST_ERROR_TRUNCATED when `src` ends inside a frame; ZST_ERROR_ZSTD when there is something else than frames, or a
/// frame that claims more than its blocks can hold. Source: libzstd's `ZSTD_decompressBound`, which believes the
/// header.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_decompress_bound(
    src: *const c_void,
    src_len: usize,
    format: i32,
    out_size: *mut u64,
    err: *mut zst_error,
) -> zst_status {
    // SAFETY: the caller follows the rules at the top of zst.h.
    let call = unsafe { Call::begin(err) };
    call.run(|call| {
        let src = call.bytes(src, src_len, "src")?;
        let format = boundary::format(format, "cannot find the frames' ends")?;
        let out_size = call.out(out_size, "out_size")?;
        let size = frame::decompress_bound(src, format)?;
        out_size.give(size);
        Ok(())
    })
}

/// 1 when `src` begins with the magic number of a frame, skippable or not, else 0. Source: libzstd's `ZSTD_isFrame`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_is_frame(src: *const c_void, src_len: usize) -> i32 {
    // SAFETY: the caller follows the rules at the top of zst.h.
    let call = unsafe { Call::begin(std::ptr::null_mut()) };
    call.bytes(src, src_len, "src").is_ok_and(engine::is_frame).into()
}

/// 1 when `src` begins with the magic number of a skippable frame, else 0. Source: libzstd's `ZSTD_isSkippableFrame`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_is_skippable_frame(src: *const c_void, src_len: usize) -> i32 {
    // SAFETY: the caller follows the rules at the top of zst.h.
    let call = unsafe { Call::begin(std::ptr::null_mut()) };
    call.bytes(src, src_len, "src").is_ok_and(engine::is_skippable_frame).into()
}

/// Writes a skippable frame with `payload` to `dst`, which has room for `dst_len` bytes and does not overlap `payload`;
/// payload_len + 8 bytes are enough. `magic_variant` is 0 to 15, free for the application's use.
///
/// On success sets `*out_len` to the size of the frame. ZST_ERROR_BUFFER_TOO_SMALL when `dst` is too small,
/// ZST_ERROR_ZSTD when the payload is 4 GiB or more, or magic_variant above 15.
/// Source: libzstd's `ZSTD_writeSkippableFrame`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_write_skippable_frame(
    payload: *const c_void,
    payload_len: usize,
    magic_variant: u32,
    dst: *mut c_void,
    dst_len: usize,
    out_len: *mut usize,
    err: *mut zst_error,
) -> zst_status {
    // SAFETY: the caller follows the rules at the top of zst.h.
    let call = unsafe { Call::begin(err) };
    call.run(|call| {
        let payload = call.bytes(payload, payload_len, "payload")?;
        let dst = call.place(dst, dst_len, "dst", payload)?;
        let out_len = call.out(out_len, "out_len")?;
        let len = frame::write_skippable_frame(dst, payload, magic_variant)?;
        out_len.give(len);
        Ok(())
    })
}

/// Lends the payload of the skippable frame at the start of `src`: `*out_payload` points into `src` and is valid as
/// long as `src` is. Unless NULL, `*out_magic_variant` is set to 0 to 15.
///
/// ZST_ERROR_VALUE when `src` does not begin with a skippable frame, ZST_ERROR_TRUNCATED when it ends inside one.
/// Source: libzstd's `ZSTD_readSkippableFrame`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_read_skippable_frame(
    src: *const c_void,
    src_len: usize,
    out_payload: *mut *const u8,
    out_payload_len: *mut usize,
    out_magic_variant: *mut u32,
    err: *mut zst_error,
) -> zst_status {
    // SAFETY: the caller follows the rules at the top of zst.h.
    let call = unsafe { Call::begin(err) };
    call.run(|call| {
        let src = call.bytes(src, src_len, "src")?;
        let out_payload = call.out(out_payload, "out_payload")?;
        let out_payload_len = call.out(out_payload_len, "out_payload_len")?;
        let out_magic_variant = call.out_optional(out_magic_variant);
        let (payload, magic_variant) = frame::read_skippable_frame(src)?;
        out_payload.give(payload.as_ptr());
        out_payload_len.give(payload.len());
        if let Some(out_magic_variant) = out_magic_variant {
            out_magic_variant.give(magic_variant);
        }
        Ok(())
    })
}
