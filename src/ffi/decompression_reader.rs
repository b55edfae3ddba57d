//! The C face of `reader`, for decompression.

use super::boundary::{self, Call};
use super::bytes::zst_bytes;
use super::decompressor::{ZST_DECOMPRESS_READ_ACROSS_FRAMES, ZST_DECOMPRESS_STRICT, check_flags, zst_decompressor};
use super::error::zst_error;
use super::source::{self, zst_source};
use super::status::zst_status;
use crate::decompression_pull::{DecompressionPull, Frames, PullOptions};
use crate::error::Error;
use crate::reader::{From, Least, Reader};
use parking_lot::Mutex;
use std::ffi::c_void;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};

/// A stream to read content from, which reads frames from a source. May be used from any thread, by one at a time: a
/// second call, or one from inside a callback, gets ZST_ERROR_BUSY. Source: `ZstdDecompressionReader`.
pub struct zst_decompression_reader {
    reader: Mutex<Reader<DecompressionPull>>,
    /// For calls that do not wait.
    position: AtomicU64,
    at_frame_end: AtomicBool,
    closed: AtomicBool,
}

impl zst_decompression_reader {
    fn run<R>(&self, operation: impl FnOnce(&mut Reader<DecompressionPull>) -> Result<R, Error>) -> Result<R, Error> {
        let mut reader = self.reader.try_lock().ok_or(Error::Busy)?;
        let result = operation(&mut reader);
        self.position.store(reader.position(), Relaxed);
        self.closed.store(reader.pull().is_none(), Relaxed);
        if let Some(pull) = reader.pull() {
            self.at_frame_end.store(pull.stream().at_frame_end(), Relaxed);
        }
        result
    }
}

/// A new reader on `source`, which it takes over, also when this fails. Nothing is read before content is wanted; then
/// blocks of about `read_size` bytes, for which ZST_DECOMPRESSION_RECOMMENDED_INPUT_SIZE is a good choice. `flags` is 0
/// or: ZST_DECOMPRESS_READ_ACROSS_FRAMES, for reads that go on over the end of a frame instead of returning there what
/// they have; ZST_DECOMPRESS_STRICT.
///
/// On success `*out` is the caller's; free it with zst_decompression_reader_free(). `decompressor` may be freed before.
/// ZST_ERROR_VALUE when `read_size` is 0, or for other flags. Source: `ZstdDecompressor.stream_reader()`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_decompressor_stream_reader(
    decompressor: *const zst_decompressor,
    source: *const zst_source,
    read_size: usize,
    flags: i32,
    out: *mut *mut zst_decompression_reader,
    err: *mut zst_error,
) -> zst_status {
    // SAFETY: the caller follows the rules at the top of zst.h.
    let call = unsafe { Call::begin(err) };
    call.run(|call| {
        let source = source::take(call, source)?;
        let decompressor = call.borrow(decompressor, "decompressor")?;
        let out = call.out(out, "out")?;
        check_flags(flags, ZST_DECOMPRESS_READ_ACROSS_FRAMES | ZST_DECOMPRESS_STRICT)?;
        let across = flags & ZST_DECOMPRESS_READ_ACROSS_FRAMES != 0;
        let options = PullOptions {
            doing: "zstd decompress error",
            frames: if across { Frames::Across } else { Frames::OneByOne },
            strict: flags & ZST_DECOMPRESS_STRICT != 0,
            skip_bytes: 0,
        };
        let pull = DecompressionPull::new(&decompressor.0, source, read_size, options)?;
        out.give_shared(zst_decompression_reader {
            reader: Mutex::new(Reader::new(pull)),
            position: AtomicU64::new(0),
            at_frame_end: AtomicBool::new(true),
            closed: AtomicBool::new(false),
        })?;
        Ok(())
    })
}

/// Frees the reader, and drops its source. When one of its own callbacks does that, it takes effect at the end of the
/// call that the callback is in. NULL is fine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_decompression_reader_free(reader: *mut zst_decompression_reader) {
    // SAFETY: the caller follows the rules at the top of zst.h.
    unsafe { boundary::release(reader) }
}

/// Reads `size` bytes of content, or what is left; without ZST_DECOMPRESS_READ_ACROSS_FRAMES, no further than to the
/// end of a frame. Frames without content are passed over.
///
/// On success fills `*out`; give it back with zst_bytes_free(). It is empty at the end of the input. ZST_ERROR_SOURCE
/// when the source has failed: what was read before it did comes with the next call. ZST_ERROR_WOULD_BLOCK when the
/// source would block and there is nothing to return. ZST_ERROR_ZSTD when the data is damaged or needs another
/// dictionary, ZST_ERROR_LIMIT when a limit is reached, ZST_ERROR_TRUNCATED with ZST_DECOMPRESS_STRICT: after the
/// content before, and from then on. ZST_ERROR_CLOSED. Source: `ZstdDecompressionReader.read()`; libzstd's
/// `ZSTD_decompressStream`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_decompression_reader_read(
    reader: *const zst_decompression_reader,
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

/// Reads as zst_decompression_reader_read(), but returns as soon as there is anything.
/// Source: `ZstdDecompressionReader.read1()`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_decompression_reader_read1(
    reader: *const zst_decompression_reader,
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

/// Reads as zst_decompression_reader_read(), to the start of `dst`, until its `dst_len` bytes are full or the end is
/// reached.
///
/// On success sets `*out_len` to the number of bytes, which is 0 at the end, or when `dst_len` is. On failure the
/// content of `dst` is undefined. Source: `ZstdDecompressionReader.readinto()`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_decompression_reader_readinto(
    reader: *const zst_decompression_reader,
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

/// Reads as zst_decompression_reader_readinto(), but returns as soon as there is anything.
/// Source: `ZstdDecompressionReader.readinto1()`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_decompression_reader_readinto1(
    reader: *const zst_decompression_reader,
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

/// Reads everything that is left, over all frames; what there is when the source would block.
///
/// On success fills `*out`; give it back with zst_bytes_free(). Fails as zst_decompression_reader_read(), and at once:
/// content before damaged data is not returned; after ZST_ERROR_TRUNCATED and ZST_ERROR_SOURCE it comes with the next
/// read. Source: `ZstdDecompressionReader.readall()`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_decompression_reader_readall(
    reader: *const zst_decompression_reader,
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
pub unsafe extern "C" fn zst_decompression_reader_unread(
    reader: *const zst_decompression_reader,
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

/// Moves forward by decoding, over frame ends, and stops at the end of the input. `whence` is 0 (SEEK_SET) when
/// `offset` counts from the start, 1 (SEEK_CUR) when from the current position.
///
/// Unless NULL, `*out_position` is set to the new position. ZST_ERROR_SEEK when that would be backwards, or for a
/// `whence` of 2 (SEEK_END): the end is not known. ZST_ERROR_VALUE for another `whence`. Fails as
/// zst_decompression_reader_read() otherwise; zst_decompression_reader_tell() is how far it came then. Source:
/// `ZstdDecompressionReader.seek()`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_decompression_reader_seek(
    reader: *const zst_decompression_reader,
    offset: i64,
    whence: i32,
    out_position: *mut u64,
    err: *mut zst_error,
) -> zst_status {
    // SAFETY: the caller follows the rules at the top of zst.h.
    let call = unsafe { Call::begin(err) };
    call.run(|call| {
        let reader = call.hold(reader, "reader")?;
        let from = match whence {
            0 => From::Start,
            1 => From::Current,
            2 => From::End,
            number => return Err(Error::UnknownWhence { number }),
        };
        let out_position = call.out_optional(out_position);
        let position = reader.run(|reader| reader.seek(offset, from))?;
        if let Some(out_position) = out_position {
            out_position.give(position);
        }
        Ok(())
    })
}

/// Bytes that have been read so far, also when the reader is closed; 0 for NULL. Source:
/// `ZstdDecompressionReader.tell()`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_decompression_reader_tell(reader: *const zst_decompression_reader) -> u64 {
    // SAFETY: NULL or a live handle.
    unsafe { reader.as_ref() }.map_or(0, |reader| reader.position.load(Relaxed))
}

/// Closes the reader and drops its source. Closing it again does nothing. Source: `ZstdDecompressionReader.close()`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_decompression_reader_close(
    reader: *const zst_decompression_reader,
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

/// 1 when the reader is closed, else 0; 1 for NULL. Source: `ZstdDecompressionReader.closed`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_decompression_reader_closed(reader: *const zst_decompression_reader) -> i32 {
    // SAFETY: NULL or a live handle.
    unsafe { reader.as_ref() }.is_none_or(|reader| reader.closed.load(Relaxed)).into()
}

/// 1 when everything that was taken in are complete frames, else 0, and for NULL: input that ends now is cut then.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_decompression_reader_at_frame_end(reader: *const zst_decompression_reader) -> i32 {
    // SAFETY: NULL or a live handle.
    unsafe { reader.as_ref() }.is_some_and(|reader| reader.at_frame_end.load(Relaxed)).into()
}
