//! The C face of `writer`, for compression.

use super::boundary::{self, Call, declared_size};
use super::compressor::{zst_compressor, zst_frame_progression};
use super::error::zst_error;
use super::library::{ZST_FLUSH_BLOCK, ZST_FLUSH_FRAME};
use super::sink::{self, zst_sink};
use super::status::zst_status;
use crate::compression_push::CompressionPush;
use crate::compression_stream;
use crate::engine::{Ending, Shared};
use crate::error::Error;
use crate::pool::Record;
use crate::writer::Writer;
use parking_lot::Mutex;
use std::ffi::c_void;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};

/// A stream to write content to, which writes frames to a sink. May be used from any thread, by one at a time: a second
/// call, or one from inside a callback, gets ZST_ERROR_BUSY.
///
/// Nothing is lost when the sink fails or would block: what it has not taken goes out first with the next call.
/// Source: `ZstdCompressionWriter`.
pub struct zst_compression_writer {
    writer: Mutex<Writer<CompressionPush>>,
    /// For calls that do not wait.
    record: Shared<Record>,
    delivered: AtomicU64,
    closed: AtomicBool,
}

impl zst_compression_writer {
    /// Returns what the operation does, and how many bytes the sink has taken meanwhile.
    fn run<R>(
        &self,
        operation: impl FnOnce(&mut Writer<CompressionPush>) -> Result<R, Error>,
    ) -> Result<(R, usize), Error> {
        let mut writer = self.writer.try_lock().ok_or(Error::Busy)?;
        let before = writer.delivered();
        let result = operation(&mut writer);
        self.delivered.store(writer.delivered(), Relaxed);
        self.closed.store(writer.is_closed(), Relaxed);
        Ok((result?, (writer.delivered() - before) as usize))
    }
}

/// A new writer on `sink`, which it takes over, also when this fails. `size` is the number of bytes that are going to
/// be written to the first frame, or ZST_CONTENTSIZE_UNKNOWN; it tunes the parameters, is recorded in the frame, and is
/// checked, unless nothing comes at all: that makes an empty frame. The sink gets pieces of `write_size` bytes at most,
/// for which ZST_COMPRESSION_RECOMMENDED_OUTPUT_SIZE is a good choice.
///
/// On success `*out` is the caller's; free it with zst_compression_writer_free(). `compressor` may be freed before.
/// ZST_ERROR_VALUE when `write_size` is 0. Source: `ZstdCompressor.stream_writer()`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_compressor_stream_writer(
    compressor: *const zst_compressor,
    sink: *const zst_sink,
    size: u64,
    write_size: usize,
    out: *mut *mut zst_compression_writer,
    err: *mut zst_error,
) -> zst_status {
    // SAFETY: the caller follows the rules at the top of zst.h.
    let call = unsafe { Call::begin(err) };
    call.run(|call| {
        let sink = sink::take(call, sink)?;
        let compressor = call.borrow(compressor, "compressor")?;
        let out = call.out(out, "out")?;
        let size = declared_size(size);
        let push = CompressionPush::new(&compressor.0, size)?;
        out.give_shared(zst_compression_writer {
            record: push.stream().record().clone(),
            writer: Mutex::new(Writer::new(push, sink, write_size)?),
            delivered: AtomicU64::new(0),
            closed: AtomicBool::new(false),
        })?;
        Ok(())
    })
}

/// Frees the writer, and drops its sink. A frame that was not ended stays so, and the sink is not closed: for that
/// there is zst_compression_writer_close(). When one of its own callbacks frees the writer, it takes effect at the end
/// of the call that the callback is in. NULL is fine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_compression_writer_free(writer: *mut zst_compression_writer) {
    // SAFETY: the caller follows the rules at the top of zst.h.
    unsafe { boundary::release(writer) }
}

/// Takes `src` in, and gives the sink what has become ready, which is often nothing.
///
/// Unless NULL, `*out_consumed` is set to the bytes of `src` that were taken in, and `*out_written` to the bytes that
/// the sink has taken. All of `src` is taken in unless the sink would block: then write the rest later;
/// ZST_ERROR_WOULD_BLOCK when nothing could be taken in. ZST_ERROR_SINK when the sink has failed: all of `src` has been
/// taken in nonetheless, do not write it again; what is written while the sink goes on failing is kept in memory.
/// ZST_ERROR_ZSTD when there is more input than was declared, and from then on. ZST_ERROR_CLOSED. Source:
/// `ZstdCompressionWriter.write()`; libzstd's `ZSTD_compressStream2`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_compression_writer_write(
    writer: *const zst_compression_writer,
    src: *const c_void,
    src_len: usize,
    out_consumed: *mut usize,
    out_written: *mut usize,
    err: *mut zst_error,
) -> zst_status {
    // SAFETY: the caller follows the rules at the top of zst.h.
    let call = unsafe { Call::begin(err) };
    call.run(|call| {
        let writer = call.hold(writer, "writer")?;
        let src = call.bytes(src, src_len, "src")?;
        let out_consumed = call.out_optional(out_consumed);
        let out_written = call.out_optional(out_written);
        let (consumed, written) = writer.run(|writer| writer.write(src))?;
        if let Some(out_consumed) = out_consumed {
            out_consumed.give(consumed);
        }
        if let Some(out_written) = out_written {
            out_written.give(written);
        }
        Ok(())
    })
}

/// Gives the sink everything that was written so far, and calls its flush(). ZST_FLUSH_BLOCK ends a block,
/// ZST_FLUSH_FRAME the frame: what is written afterwards begins another one, of unknown size.
///
/// Unless NULL, `*out_written` is set to the bytes that the sink has taken. After ZST_ERROR_SINK or
/// ZST_ERROR_WOULD_BLOCK the same call goes on where it stopped. ZST_ERROR_VALUE for another `flush_mode`;
/// ZST_ERROR_ZSTD when there is less input in the frame than was declared, and from then on; ZST_ERROR_CLOSED.
/// Source: `ZstdCompressionWriter.flush()`; libzstd's `ZSTD_compressStream2`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_compression_writer_flush(
    writer: *const zst_compression_writer,
    flush_mode: i32,
    out_written: *mut usize,
    err: *mut zst_error,
) -> zst_status {
    // SAFETY: the caller follows the rules at the top of zst.h.
    let call = unsafe { Call::begin(err) };
    call.run(|call| {
        let writer = call.hold(writer, "writer")?;
        let ending = match flush_mode {
            ZST_FLUSH_BLOCK => Ending::Block,
            ZST_FLUSH_FRAME => Ending::Frame,
            mode => return Err(Error::UnknownWriterFlushMode { mode }),
        };
        let out_written = call.out_optional(out_written);
        let ((), written) = writer.run(|writer| writer.flush(ending))?;
        if let Some(out_written) = out_written {
            out_written.give(written);
        }
        Ok(())
    })
}

/// Bytes that the sink has taken, over all frames, also when the writer is closed; 0 for NULL.
/// Source: `ZstdCompressionWriter.tell()`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_compression_writer_tell(writer: *const zst_compression_writer) -> u64 {
    // SAFETY: NULL or a live handle.
    unsafe { writer.as_ref() }.map_or(0, |writer| writer.delivered.load(Relaxed))
}

/// Ends the frame, calls the sink's close(), and drops the sink. A frame is always ended: after ZST_FLUSH_FRAME and
/// nothing written since, an empty frame is added. Closing again does nothing.
///
/// After ZST_ERROR_WOULD_BLOCK the writer is open, and the same call goes on where it stopped. After any other error it
/// is closed; the sink's close() was not called when the frame could not be ended.
/// Source: `ZstdCompressionWriter.close()`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_compression_writer_close(
    writer: *const zst_compression_writer,
    err: *mut zst_error,
) -> zst_status {
    // SAFETY: the caller follows the rules at the top of zst.h.
    let call = unsafe { Call::begin(err) };
    call.run(|call| {
        let writer = call.hold(writer, "writer")?;
        writer.run(Writer::close)?;
        Ok(())
    })
}

/// 1 when the writer is closed, else 0; 1 for NULL. Source: `ZstdCompressionWriter.closed`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_compression_writer_closed(writer: *const zst_compression_writer) -> i32 {
    // SAFETY: NULL or a live handle.
    unsafe { writer.as_ref() }.is_none_or(|writer| writer.closed.load(Relaxed)).into()
}

/// Bytes of memory used by the writer's context; before it has one, by a fresh context.
/// Source: `ZstdCompressionWriter.memory_size()`; libzstd's `ZSTD_sizeof_CCtx`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_compression_writer_memory_size(
    writer: *const zst_compression_writer,
    out_size: *mut usize,
    err: *mut zst_error,
) -> zst_status {
    // SAFETY: the caller follows the rules at the top of zst.h.
    let call = unsafe { Call::begin(err) };
    call.run(|call| {
        let writer = call.borrow(writer, "writer")?;
        let out_size = call.out(out_size, "out_size")?;
        out_size.give(compression_stream::memory_size(&writer.record)?);
        Ok(())
    })
}

/// How far the frame has come. May be called from another thread while a call on the writer runs.
/// Source: libzstd's `ZSTD_getFrameProgression`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_compression_writer_frame_progression(
    writer: *const zst_compression_writer,
    out: *mut zst_frame_progression,
    err: *mut zst_error,
) -> zst_status {
    // SAFETY: the caller follows the rules at the top of zst.h.
    let call = unsafe { Call::begin(err) };
    call.run(|call| {
        let writer = call.borrow(writer, "writer")?;
        let out = call.out(out, "out")?;
        out.give(writer.record.progression().into());
        Ok(())
    })
}
