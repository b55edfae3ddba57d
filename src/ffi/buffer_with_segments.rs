//! The C face of `buffers`: one piece of memory with many items.

use super::boundary::{self, Call};
use super::error::zst_error;
use super::status::zst_status;
use crate::buffers::{Buffer, Memory, Segment};
use crate::engine::{Shared, try_box};
use std::ffi::c_void;

/// A piece of memory and a list of the items in it, its segments. Never changes, so it may be used from any threads at
/// a time. Source: `BufferWithSegments`.
pub struct zst_buffer_with_segments(pub(super) Shared<Buffer>);

/// Where an item lies in its buffer, in bytes.
#[repr(C)]
pub struct zst_segment {
    pub offset: u64,
    pub length: u64,
}

/// A list of segments, lent by its buffer and valid as long as that. Source: `BufferSegments`.
#[repr(C)]
pub struct zst_buffer_segments {
    pub segments: *const zst_segment,
    pub count: usize,
}

/// One item, lent by its buffer (or by its collection) and valid as long as that. Source: `BufferSegment`.
#[repr(C)]
pub struct zst_buffer_segment {
    pub data: *const u8,
    /// In bytes.
    pub len: usize,
    /// Where it begins in its buffer, in bytes.
    pub offset: u64,
}

// A list of the one is lent as a list of the other.
const _: () = assert!(size_of::<zst_segment>() == size_of::<Segment>());
const _: () = assert!(align_of::<zst_segment>() == align_of::<Segment>());

impl zst_buffer_segment {
    pub(super) fn new((bytes, offset): (&[u8], u64)) -> zst_buffer_segment {
        zst_buffer_segment { data: bytes.as_ptr(), len: bytes.len(), offset }
    }
}

/// Memory of the host.
struct Host {
    data: *const u8,
    len: usize,
    release: Option<unsafe extern "C" fn(userdata: *mut c_void)>,
    userdata: *mut c_void,
}

// SAFETY: the memory is only read, and `release` may be called from any thread, says zst_buffer_with_segments_new().
unsafe impl Send for Host {}
// SAFETY: as above.
unsafe impl Sync for Host {}

impl Memory for Host {
    fn bytes(&self) -> &[u8] {
        if self.len == 0 {
            return &[];
        }
        // SAFETY: checked when it was given, and valid until `release`.
        unsafe { std::slice::from_raw_parts(self.data, self.len) }
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        if let Some(release) = self.release.take() {
            // SAFETY: called as zst_buffer_with_segments_new() says.
            unsafe { release(self.userdata) }
        }
    }
}

/// A buffer on the caller's memory, which is not copied: `data` must stay valid and unchanged until `release(userdata)`
/// is called. That happens exactly once, also when this fails, from whichever thread lets go of the buffer last;
/// `release` may be NULL; it must return (no exceptions, no longjmp), and may call the library. So a mapped file works
/// without a copy.
///
/// `segments` are pairs of an offset and a length, as in zst_segment, `segments_size` bytes of them in all; they are
/// copied and need no alignment. They may overlap, be empty, and be none.
///
/// On success `*out` is the caller's; free it with zst_buffer_with_segments_free(). ZST_ERROR_VALUE when
/// `segments_size` is no multiple of 16, or a segment reaches beyond the memory. Source: `BufferWithSegments(data,
/// segments)`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_buffer_with_segments_new(
    data: *const c_void,
    data_len: usize,
    segments: *const c_void,
    segments_size: usize,
    release: Option<unsafe extern "C" fn(userdata: *mut c_void)>,
    userdata: *mut c_void,
    out: *mut *mut zst_buffer_with_segments,
    err: *mut zst_error,
) -> zst_status {
    // SAFETY: the caller follows the rules at the top of zst.h.
    let call = unsafe { Call::begin(err) };
    call.run(|call| {
        let mut host = Host { data: data.cast(), len: 0, release, userdata };
        host.len = call.bytes(data, data_len, "data")?.len();
        let segments = call.bytes(segments, segments_size, "segments")?;
        let out = call.out(out, "out")?;
        let buffer = Buffer::new(try_box(host)?, segments)?;
        out.give_handle(zst_buffer_with_segments(Shared::try_new(buffer)?))?;
        Ok(())
    })
}

/// Frees the buffer. Its memory is released when no collection needs it any more. NULL is fine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_buffer_with_segments_free(buffer: *mut zst_buffer_with_segments) {
    // SAFETY: the caller follows the rules at the top of zst.h.
    unsafe { boundary::free(buffer) }
}

/// The number of segments; 0 for NULL. Source: `len(BufferWithSegments)`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_buffer_with_segments_count(buffer: *const zst_buffer_with_segments) -> usize {
    // SAFETY: NULL or a live handle.
    unsafe { buffer.as_ref() }.map_or(0, |buffer| buffer.0.segments().len())
}

/// The size of the whole memory in bytes; 0 for NULL. Source: `BufferWithSegments.size`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_buffer_with_segments_size(buffer: *const zst_buffer_with_segments) -> usize {
    // SAFETY: NULL or a live handle.
    unsafe { buffer.as_ref() }.map_or(0, |buffer| buffer.0.bytes().len())
}

/// The memory, lent by the buffer and valid as long as that; NULL for NULL. Source: `BufferWithSegments.tobytes()`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_buffer_with_segments_data(buffer: *const zst_buffer_with_segments) -> *const u8 {
    // SAFETY: NULL or a live handle.
    unsafe { buffer.as_ref() }.map_or(std::ptr::null(), |buffer| buffer.0.bytes().as_ptr())
}

/// Lends the segment with this index. ZST_ERROR_INDEX when there is none. Source: `BufferWithSegments[index]`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_buffer_with_segments_segment(
    buffer: *const zst_buffer_with_segments,
    index: usize,
    out: *mut zst_buffer_segment,
    err: *mut zst_error,
) -> zst_status {
    // SAFETY: the caller follows the rules at the top of zst.h.
    let call = unsafe { Call::begin(err) };
    call.run(|call| {
        let buffer = call.borrow(buffer, "buffer")?;
        let out = call.out(out, "out")?;
        out.give(zst_buffer_segment::new(buffer.0.item(index)?));
        Ok(())
    })
}

/// Lends the list of segments. Source: `BufferWithSegments.segments`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_buffer_with_segments_segments(
    buffer: *const zst_buffer_with_segments,
    out: *mut zst_buffer_segments,
    err: *mut zst_error,
) -> zst_status {
    // SAFETY: the caller follows the rules at the top of zst.h.
    let call = unsafe { Call::begin(err) };
    call.run(|call| {
        let buffer = call.borrow(buffer, "buffer")?;
        let out = call.out(out, "out")?;
        let segments = buffer.0.segments();
        out.give(zst_buffer_segments { segments: segments.as_ptr().cast(), count: segments.len() });
        Ok(())
    })
}
