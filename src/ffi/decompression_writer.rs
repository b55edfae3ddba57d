//! The C face of `writer`, for decompression.

use super::boundary::{self, Call};
use super::decompressor::{ZST_DECOMPRESS_STRICT, check_flags, zst_decompressor};
use super::error::zst_error;
use super::sink::{self, zst_sink};
use super::status::zst_status;
use crate::decompression_push::DecompressionPush;
use crate::decompression_stream;
use crate::engine::{Ending, Shared};
use crate::error::Error;
use crate::pool::Record;
use crate::writer::Writer;
use parking_lot::Mutex;
use std::ffi::c_void;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};

/// A stream to write frames to, cut anywhere, which writes their content to a sink. May be used from any thread, by one
/// at a time: a second call, or one from inside a callback, gets ZST_ERROR_BUSY.
///
/// Nothing is lost when the sink fails or would block: what it has not taken goes out first with the next call.
/// Source: `ZstdDecompressionWriter`.
pub struct zst_decompression_writer {
    writer: Mutex<Writer<DecompressionPush>>,
    /// For calls that do not wait.
    record: Shared<Record>,
    delivered: AtomicU64,
    at_frame_end: AtomicBool,
    closed: AtomicBool,
}

impl zst_decompression_writer {
    /// Returns what the operation does, and how many bytes the sink has taken meanwhile.
    fn run<R>(
        &self,
        operation: impl FnOnce(&mut Writer<DecompressionPush>) -> Result<R, Error>,
    ) -> Result<(R, usize), Error> {
        let mut writer = self.writer.try_lock().ok_or(Error::Busy)?;
        let before = writer.delivered();
        let result = operation(&mut writer);
        self.delivered.store(writer.delivered(), Relaxed);
        self.closed.store(writer.is_closed(), Relaxed);
        self.at_frame_end.store(writer.at_end(), Relaxed);
        Ok((result?, (writer.delivered() - before) as usize))
    }
}

/// A new writer on `sink`, which it takes over, also when this fails. The sink gets pieces of `write_size` bytes at
/// most, for which ZST_DECOMPRESSION_RECOMMENDED_OUTPUT_SIZE is a good choice. `flags` is 0 or ZST_DECOMPRESS_STRICT.
///
/// On success `*out` is the caller's; free it with zst_decompression_writer_free(). `decompressor` may be freed before.
/// ZST_ERROR_VALUE when `write_size` is 0, or for other flags. Source: `ZstdDecompressor.stream_writer()`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_decompressor_stream_writer(
    decompressor: *const zst_decompressor,
    sink: *const zst_sink,
    write_size: usize,
    flags: i32,
    out: *mut *mut zst_decompression_writer,
    err: *mut zst_error,
) -> zst_status {
    // SAFETY: the caller follows the rules at the top of zst.h.
    let call = unsafe { Call::begin(err) };
    call.run(|call| {
        let sink = sink::take(call, sink)?;
        let decompressor = call.borrow(decompressor, "decompressor")?;
        let out = call.out(out, "out")?;
        check_flags(flags, ZST_DECOMPRESS_STRICT)?;
        let push = DecompressionPush::new(&decompressor.0, flags & ZST_DECOMPRESS_STRICT != 0)?;
        out.give_shared(zst_decompression_writer {
            record: push.stream().record().clone(),
            writer: Mutex::new(Writer::new(push, sink, write_size)?),
            delivered: AtomicU64::new(0),
            at_frame_end: AtomicBool::new(true),
            closed: AtomicBool::new(false),
        })?;
        Ok(())
    })
}

/// Frees the writer, and drops its sink, which is not closed: for that there is zst_decompression_writer_close(). When
/// one of its own callbacks frees the writer, it takes effect at the end of the call that the callback is in. NULL is
/// fine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_decompression_writer_free(writer: *mut zst_decompression_writer) {
    // SAFETY: the caller follows the rules at the top of zst.h.
    unsafe { boundary::release(writer) }
}

/// Takes `src` in, and gives the sink its content. There may be any number of frames.
///
/// Unless NULL, `*out_consumed` is set to the bytes of `src` that were taken in, and `*out_written` to the bytes that
/// the sink has taken. All of `src` is taken in unless the sink would block: then write the rest later (libzstd may
/// keep one byte back until its output has gone); ZST_ERROR_WOULD_BLOCK when nothing could be taken in. ZST_ERROR_SINK
/// when the sink has failed: all of `src` has been taken in nonetheless, do not write it again; what is written while
/// the sink goes on failing is kept in memory. ZST_ERROR_ZSTD when the data is damaged or needs another dictionary, and
/// ZST_ERROR_LIMIT when a limit is reached: after the sink has got the content before, and from then on.
/// ZST_ERROR_CLOSED. Source: `ZstdDecompressionWriter.write()`; libzstd's `ZSTD_decompressStream`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_decompression_writer_write(
    writer: *const zst_decompression_writer,
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

/// Gives the sink everything that could be decoded so far, and calls its flush().
///
/// Unless NULL, `*out_written` is set to the bytes that the sink has taken. After ZST_ERROR_SINK or
/// ZST_ERROR_WOULD_BLOCK the same call goes on where it stopped. ZST_ERROR_CLOSED. Source:
/// `ZstdDecompressionWriter.flush()`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_decompression_writer_flush(
    writer: *const zst_decompression_writer,
    out_written: *mut usize,
    err: *mut zst_error,
) -> zst_status {
    // SAFETY: the caller follows the rules at the top of zst.h.
    let call = unsafe { Call::begin(err) };
    call.run(|call| {
        let writer = call.hold(writer, "writer")?;
        let out_written = call.out_optional(out_written);
        let ((), written) = writer.run(|writer| writer.flush(Ending::Nothing))?;
        if let Some(out_written) = out_written {
            out_written.give(written);
        }
        Ok(())
    })
}

/// Bytes that the sink has taken, over all frames, also when the writer is closed; 0 for NULL.
/// Source: `ZstdDecompressionWriter.tell()`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_decompression_writer_tell(writer: *const zst_decompression_writer) -> u64 {
    // SAFETY: NULL or a live handle.
    unsafe { writer.as_ref() }.map_or(0, |writer| writer.delivered.load(Relaxed))
}

/// Gives the sink everything that could be decoded, calls its flush() and its close(), and drops it. Input that ended
/// inside a frame, or whose damage has been reported before, is not an error, unless ZST_DECOMPRESS_STRICT asks for it.
/// Closing again does nothing.
///
/// After ZST_ERROR_WOULD_BLOCK the writer is open, and the same call goes on where it stopped. After any other error it
/// is closed; the sink's close() was not called when something before failed. ZST_ERROR_TRUNCATED with
/// ZST_DECOMPRESS_STRICT. Source: `ZstdDecompressionWriter.close()`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_decompression_writer_close(
    writer: *const zst_decompression_writer,
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

/// 1 when the writer is closed, else 0; 1 for NULL. Source: `ZstdDecompressionWriter.closed`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_decompression_writer_closed(writer: *const zst_decompression_writer) -> i32 {
    // SAFETY: NULL or a live handle.
    unsafe { writer.as_ref() }.is_none_or(|writer| writer.closed.load(Relaxed)).into()
}

/// Bytes of memory used by the writer's context; before it has one, by a fresh context.
/// Source: `ZstdDecompressionWriter.memory_size()`; libzstd's `ZSTD_sizeof_DCtx`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_decompression_writer_memory_size(
    writer: *const zst_decompression_writer,
    out_size: *mut usize,
    err: *mut zst_error,
) -> zst_status {
    // SAFETY: the caller follows the rules at the top of zst.h.
    let call = unsafe { Call::begin(err) };
    call.run(|call| {
        let writer = call.borrow(writer, "writer")?;
        let out_size = call.out(out_size, "out_size")?;
        out_size.give(decompression_stream::memory_size(&writer.record)?);
        Ok(())
    })
}

/// 1 when everything that was taken in are complete frames, else 0, and for NULL: input that ends now is cut then.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_decompression_writer_at_frame_end(writer: *const zst_decompression_writer) -> i32 {
    // SAFETY: NULL or a live handle.
    unsafe { writer.as_ref() }.is_some_and(|writer| writer.at_frame_end.load(Relaxed)).into()
}
