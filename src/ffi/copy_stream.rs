//! The C face of `copy_stream`, in both directions.

use super::boundary::{Call, declared_size};
use super::compressor::zst_compressor;
use super::decompressor::{ZST_DECOMPRESS_ALLOW_TRUNCATED, check_flags, zst_decompressor};
use super::error::zst_error;
use super::sink::{self, zst_sink};
use super::source::{self, zst_source};
use super::status::zst_status;
use crate::compression_pull::CompressionPull;
use crate::copy_stream::copy_stream;
use crate::decompression_pull::{DecompressionPull, Frames, PullOptions};
use crate::pull::Pull;
use crate::sink::Outlet;
use std::ffi::c_void;

/// Whom copy_stream tells how far it has come.
#[repr(C)]
pub struct zst_progress {
    /// Given to the callback, otherwise not touched.
    pub userdata: *mut c_void,
    /// Called with the bytes so far, whenever something has been read or written (so not while read() or write()
    /// waits). It must return (no exceptions, no longjmp). Any number other than 0 cancels: the caller gets
    /// ZST_ERROR_CANCELLED, and the number in zst_error.callback_code. NULL is never called.
    pub report: Option<unsafe extern "C" fn(userdata: *mut c_void, bytes_read: u64, bytes_written: u64) -> i32>,
}

/// Compresses everything that `source` gives into one frame for `sink`. Both are taken over and dropped, also when this
/// fails. When everything has been written, the sink's close() is called. `size` is the number of bytes that the source
/// is going to give, or ZST_CONTENTSIZE_UNKNOWN; it tunes the parameters, is recorded in the frame, and is checked,
/// unless nothing comes at all: that makes an empty frame. `read_size` and `write_size` are the sizes of pieces, for
/// which ZST_COMPRESSION_RECOMMENDED_INPUT_SIZE and ZST_COMPRESSION_RECOMMENDED_OUTPUT_SIZE are good choices.
/// `progress` may be NULL.
///
/// Unless NULL, `*out_bytes_read` and `*out_bytes_written` are set. When this fails, what was written stays written,
/// and nothing can be continued: a source or sink that would block is an error, ZST_ERROR_WOULD_BLOCK.
/// ZST_ERROR_SOURCE, ZST_ERROR_SINK and ZST_ERROR_CANCELLED come from the callbacks; ZST_ERROR_ZSTD when the source
/// gives more or less than was declared; ZST_ERROR_VALUE when a size of pieces is 0.
/// Source: `ZstdCompressor.copy_stream()`, which closes nothing; libzstd's `ZSTD_compressStream2`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_compressor_copy_stream(
    compressor: *const zst_compressor,
    source: *const zst_source,
    sink: *const zst_sink,
    size: u64,
    read_size: usize,
    write_size: usize,
    progress: *const zst_progress,
    out_bytes_read: *mut u64,
    out_bytes_written: *mut u64,
    err: *mut zst_error,
) -> zst_status {
    // SAFETY: the caller follows the rules at the top of zst.h.
    let call = unsafe { Call::begin(err) };
    call.run(|call| {
        let (source, sink) = (source::take(call, source), sink::take(call, sink));
        let (source, sink) = (source?, sink?);
        let compressor = call.borrow(compressor, "compressor")?;
        let size = declared_size(size);
        let pull = CompressionPull::new(&compressor.0, source, size, read_size)?;
        copy(call, pull, Outlet::new(sink, write_size)?, progress, out_bytes_read, out_bytes_written)
    })
}

/// Decompresses everything that `source` gives, all frames of it, for `sink`. Both are taken over and dropped, also
/// when this fails. When everything has been written, the sink's close() is called. `read_size` and `write_size` are
/// the sizes of pieces, for which ZST_DECOMPRESSION_RECOMMENDED_INPUT_SIZE and
/// ZST_DECOMPRESSION_RECOMMENDED_OUTPUT_SIZE are good choices. `flags` is 0 or ZST_DECOMPRESS_ALLOW_TRUNCATED.
/// `progress` may be NULL.
///
/// Unless NULL, `*out_bytes_read` and `*out_bytes_written` are set. When this fails, what was decoded before has been
/// written, and nothing can be continued: a source or sink that would block is an error, ZST_ERROR_WOULD_BLOCK.
/// ZST_ERROR_TRUNCATED when the input ends inside a frame; ZST_ERROR_SOURCE, ZST_ERROR_SINK and ZST_ERROR_CANCELLED
/// come from the callbacks; ZST_ERROR_ZSTD when the data is damaged, or followed by something that is no frame;
/// ZST_ERROR_LIMIT when a limit is reached; ZST_ERROR_VALUE when a size of pieces is 0, or for other flags.
/// Source: `ZstdDecompressor.copy_stream()`, which closes nothing and does not report truncated input; libzstd's
/// `ZSTD_decompressStream`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_decompressor_copy_stream(
    decompressor: *const zst_decompressor,
    source: *const zst_source,
    sink: *const zst_sink,
    read_size: usize,
    write_size: usize,
    flags: i32,
    progress: *const zst_progress,
    out_bytes_read: *mut u64,
    out_bytes_written: *mut u64,
    err: *mut zst_error,
) -> zst_status {
    // SAFETY: the caller follows the rules at the top of zst.h.
    let call = unsafe { Call::begin(err) };
    call.run(|call| {
        let (source, sink) = (source::take(call, source), sink::take(call, sink));
        let (source, sink) = (source?, sink?);
        let decompressor = call.borrow(decompressor, "decompressor")?;
        check_flags(flags, ZST_DECOMPRESS_ALLOW_TRUNCATED)?;
        let options = PullOptions {
            doing: "zstd decompressor error",
            frames: Frames::Across,
            strict: flags & ZST_DECOMPRESS_ALLOW_TRUNCATED == 0,
            skip_bytes: 0,
        };
        let pull = DecompressionPull::new(&decompressor.0, source, read_size, options)?;
        copy(call, pull, Outlet::new(sink, write_size)?, progress, out_bytes_read, out_bytes_written)
    })
}

fn copy<P: Pull>(
    call: &Call,
    pull: P,
    outlet: Outlet,
    progress: *const zst_progress,
    out_bytes_read: *mut u64,
    out_bytes_written: *mut u64,
) -> Result<(), crate::error::Error> {
    let progress = call.borrow_optional(progress);
    let (out_bytes_read, out_bytes_written) = (call.out_optional(out_bytes_read), call.out_optional(out_bytes_written));
    let report = progress.and_then(|progress| Some((progress.report?, progress.userdata)));
    let mut tell = report.map(|(report, userdata)| {
        // SAFETY: called as the comment of `zst_progress::report` says.
        move |read, written| unsafe { report(userdata, read, written) }
    });
    let tell = tell.as_mut().map(|tell| tell as &mut dyn FnMut(u64, u64) -> i32);
    let (read, written) = copy_stream(pull, outlet, tell)?;
    if let Some(out_bytes_read) = out_bytes_read {
        out_bytes_read.give(read);
    }
    if let Some(out_bytes_written) = out_bytes_written {
        out_bytes_written.give(written);
    }
    Ok(())
}
