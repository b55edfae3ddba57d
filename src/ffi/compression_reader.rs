//! The C face of `reader`, for compression.

use super::boundary::{self, Call, declared_size};
use super::bytes::zst_bytes;
use super::compressor::{zst_compressor, zst_frame_progression};
use super::error::zst_error;
use super::source::{self, zst_source};
use super::status::zst_status;
use crate::compression_pull::CompressionPull;
use crate::engine::Shared;
use crate::error::Error;
use crate::pool::Record;
use crate::reader::{Least, Reader};
use parking_lot::Mutex;
use std::ffi::c_void;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};

/// A stream to read a frame from, which reads its content from a source. May be used from any thread, by one at a time:
/// a second call, or one from inside a callback, gets ZST_ERROR_BUSY. Source: `ZstdCompressionReader`.
pub struct zst_compression_reader {
    reader: Mutex<Reader<CompressionPull>>,
    /// For calls that do not wait.
    record: Shared<Record>,
    position: AtomicU64,
    closed: AtomicBool,
}

impl zst_compression_reader {
    fn run<R>(&self, operation: impl FnOnce(&mut Reader<CompressionPull>) -> Result<R, Error>) -> Result<R, Error> {
        let mut reader = self.reader.try_lock().ok_or(Error::Busy)?;
        let result = operation(&mut reader);
        self.position.store(reader.position(), Relaxed);
        self.closed.store(reader.pull().is_none(), Relaxed);
        result
    }
}

/// A new reader on `source`, which it takes over, also when this fails. `size` is the number of bytes that the source
/// is going to give, or ZST_CONTENTSIZE_UNKNOWN; it tunes the parameters, is recorded in the frame, and is checked,
/// unless nothing comes at all: that makes an empty frame. Nothing is read before output is wanted; then blocks of
/// about `read_size` bytes, for which ZST_COMPRESSION_RECOMMENDED_INPUT_SIZE is a good choice.
///
/// On success `*out` is the caller's; free it with zst_compression_reader_free(). `compressor` may be freed before.
/// ZST_ERROR_VALUE when `read_size` is 0. Source: `ZstdCompressor.stream_reader()`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_compressor_stream_reader(
    compressor: *const zst_compressor,
    source: *const zst_source,
    size: u64,
    read_size: usize,
    out: *mut *mut zst_compression_reader,
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
        out.give_shared(zst_compression_reader {
            record: pull.stream().record().clone(),
            reader: Mutex::new(Reader::new(pull)),
            position: AtomicU64::new(0),
            closed: AtomicBool::new(false),
        })?;
        Ok(())
    })
}

/// Frees the reader, and drops its source. When one of its own callbacks does that, it takes effect at the end of the
/// call that the callback is in. NULL is fine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_compression_reader_free(reader: *mut zst_compression_reader) {
    // SAFETY: the caller follows the rules at the top of zst.h.
    unsafe { boundary::release(reader) }
}

/// Reads `size` bytes of the frame, or what is left of it.
///
/// On success fills `*out`; give it back with zst_bytes_free(). It is empty at the end. ZST_ERROR_SOURCE when the
/// source has failed: what was read before it did comes with the next call. ZST_ERROR_WOULD_BLOCK when the source would
/// block and there is nothing to return. ZST_ERROR_ZSTD when the source gives more or less than was declared, and from
/// then on. ZST_ERROR_CLOSED. Source: `ZstdCompressionReader.read()`; libzstd's `ZSTD_compressStream2`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_compression_reader_read(
    reader: *const zst_compression_reader,
    size: usize,
    out: *mut zst_bytes,
    err: *mut zst_error,
) -> zst_status {
    // SAFETY: the caller follows the rules at the top of zst.h.
    let call = unsafe { Call::begin(err) };
    call.run(|call| {
        let reader = call.hold(reader, "reader")?;
        let out = call.out(out, "out")?;
        out.give(reader.run(|reader| reader.read(size, Least::All))?.into());
        Ok(())
    })
}

/// Reads as zst_compression_reader_read(), but returns as soon as there is anything.
/// Source: `ZstdCompressionReader.read1()`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_compression_reader_read1(
    reader: *const zst_compression_reader,
    size: usize,
    out: *mut zst_bytes,
    err: *mut zst_error,
) -> zst_status {
    // SAFETY: the caller follows the rules at the top of zst.h.
    let call = unsafe { Call::begin(err) };
    call.run(|call| {
        let reader = call.hold(reader, "reader")?;
        let out = call.out(out, "out")?;
        out.give(reader.run(|reader| reader.read(size, Least::Any))?.into());
        Ok(())
    })
}

/// Reads as zst_compression_reader_read(), to the start of `dst`, until its `dst_len` bytes are full or the frame ends.
///
/// On success sets `*out_len` to the number of bytes, which is 0 at the end, or when `dst_len` is. On failure the
/// content of `dst` is undefined. Source: `ZstdCompressionReader.readinto()`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_compression_reader_readinto(
    reader: *const zst_compression_reader,
    dst: *mut c_void,
    dst_len: usize,
    out_len: *mut usize,
    err: *mut zst_error,
) -> zst_status {
    // SAFETY: the caller follows the rules at the top of zst.h.
    let call = unsafe { Call::begin(err) };
    call.run(|call| {
        let reader = call.hold(reader, "reader")?;
        let dst = call.place(dst, dst_len, "dst", &[])?;
        let out_len = call.out(out_len, "out_len")?;
        out_len.give(reader.run(|reader| reader.read_into(dst, Least::All))?);
        Ok(())
    })
}

/// Reads as zst_compression_reader_readinto(), but returns as soon as there is anything.
/// Source: `ZstdCompressionReader.readinto1()`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_compression_reader_readinto1(
    reader: *const zst_compression_reader,
    dst: *mut c_void,
    dst_len: usize,
    out_len: *mut usize,
    err: *mut zst_error,
) -> zst_status {
    // SAFETY: the caller follows the rules at the top of zst.h.
    let call = unsafe { Call::begin(err) };
    call.run(|call| {
        let reader = call.hold(reader, "reader")?;
        let dst = call.place(dst, dst_len, "dst", &[])?;
        let out_len = call.out(out_len, "out_len")?;
        out_len.give(reader.run(|reader| reader.read_into(dst, Least::Any))?);
        Ok(())
    })
}

/// Reads what is left of the frame; what there is when the source would block.
///
/// On success fills `*out`; give it back with zst_bytes_free(). Fails as zst_compression_reader_read().
/// Source: `ZstdCompressionReader.readall()`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_compression_reader_readall(
    reader: *const zst_compression_reader,
    out: *mut zst_bytes,
    err: *mut zst_error,
) -> zst_status {
    // SAFETY: the caller follows the rules at the top of zst.h.
    let call = unsafe { Call::begin(err) };
    call.run(|call| {
        let reader = call.hold(reader, "reader")?;
        let out = call.out(out, "out")?;
        out.give(reader.run(Reader::read_all)?.into());
        Ok(())
    })
}

/// Gives back the last `src_len` bytes that were read, which are at `src`: they come first in the next read, and the
/// position moves back. For a caller that has read more than it can use.
///
/// `src` is read during the call only. ZST_ERROR_VALUE when it is more than was read, ZST_ERROR_CLOSED,
/// ZST_ERROR_MEMORY. Source: stdio's `ungetc`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_compression_reader_unread(
    reader: *const zst_compression_reader,
    src: *const c_void,
    src_len: usize,
    err: *mut zst_error,
) -> zst_status {
    // SAFETY: the caller follows the rules at the top of zst.h.
    let call = unsafe { Call::begin(err) };
    call.run(|call| {
        let reader = call.hold(reader, "reader")?;
        let src = call.bytes(src, src_len, "src")?;
        reader.run(|reader| reader.unread(src))
    })
}

/// Bytes that have been read so far, also when the reader is closed; 0 for NULL. Source:
/// `ZstdCompressionReader.tell()`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_compression_reader_tell(reader: *const zst_compression_reader) -> u64 {
    // SAFETY: NULL or a live handle.
    unsafe { reader.as_ref() }.map_or(0, |reader| reader.position.load(Relaxed))
}

/// Closes the reader and drops its source. Closing it again does nothing. Source: `ZstdCompressionReader.close()`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_compression_reader_close(
    reader: *const zst_compression_reader,
    err: *mut zst_error,
) -> zst_status {
    // SAFETY: the caller follows the rules at the top of zst.h.
    let call = unsafe { Call::begin(err) };
    call.run(|call| {
        let reader = call.hold(reader, "reader")?;
        reader.run(|reader| {
            reader.close();
            Ok(())
        })
    })
}

/// 1 when the reader is closed, else 0; 1 for NULL. Source: `ZstdCompressionReader.closed`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_compression_reader_closed(reader: *const zst_compression_reader) -> i32 {
    // SAFETY: NULL or a live handle.
    unsafe { reader.as_ref() }.is_none_or(|reader| reader.closed.load(Relaxed)).into()
}

/// How far the compression has come. May be called from another thread while a call on the reader runs.
/// Source: libzstd's `ZSTD_getFrameProgression`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_compression_reader_frame_progression(
    reader: *const zst_compression_reader,
    out: *mut zst_frame_progression,
    err: *mut zst_error,
) -> zst_status {
    // SAFETY: the caller follows the rules at the top of zst.h.
    let call = unsafe { Call::begin(err) };
    call.run(|call| {
        let reader = call.borrow(reader, "reader")?;
        let out = call.out(out, "out")?;
        out.give(reader.record.progression().into());
        Ok(())
    })
}
