//! `zst_sink`: what streams write to, as callbacks; and those that the library brings along.

use super::boundary::{self, Call};
use super::bytes::zst_bytes;
use super::error::zst_error;
use super::source::{code_of, drop_box};
use super::status::{ZST_ERROR_WOULD_BLOCK, zst_status};
use crate::engine::{File, OutOfMemory, try_box};
use crate::error::{End, Error};
use crate::sink::Sink;
use std::ffi::{c_char, c_void};
use std::ptr::null_mut;

/// Where a stream brings its output. The function that is given a zst_sink takes it over, also when it fails; the
/// struct itself is copied and need not stay.
///
/// The callbacks are called by one thread at a time, but not always by the same one: by whoever uses the stream. They
/// must return (no exceptions, no longjmp). From inside, a call on the same stream gets ZST_ERROR_BUSY; freeing it
/// takes effect when the call is over that the callback is in.
///
/// write(), flush() and close() return 0, or ZST_ERROR_WOULD_BLOCK when they cannot do it at the moment: nothing is
/// lost, and the stream's function can be called again. Any other number is an error of your own, which the caller
/// finds in zst_error.callback_code.
#[repr(C)]
pub struct zst_sink {
    /// Given to the callbacks, otherwise not touched.
    pub userdata: *mut c_void,
    /// Takes `len` bytes (never 0, never more than the stream's write_size) or some of them, and sets `*out_written`
    /// to their number. It is called again with the rest. 0 is the same as ZST_ERROR_WOULD_BLOCK. When something
    /// else than 0 is returned, nothing counts as taken.
    pub write: Option<
        unsafe extern "C" fn(userdata: *mut c_void, data: *const u8, len: usize, out_written: *mut usize) -> i32,
    >,
    /// Brings everything on its way that was written. May be NULL.
    pub flush: Option<unsafe extern "C" fn(userdata: *mut c_void) -> i32>,
    /// Called when there is nothing more to come: a writer is closed, or copy_stream has written everything. May be
    /// NULL.
    pub close: Option<unsafe extern "C" fn(userdata: *mut c_void) -> i32>,
    /// Called exactly once, when the sink is not needed any more: the stream was closed or freed, or could not be
    /// made. May be NULL.
    pub drop: Option<unsafe extern "C" fn(userdata: *mut c_void)>,
}

/// A sink that appends to `*bytes`, which grows. `*bytes` is either zeros or comes from this library; it is the
/// caller's all the time, to read between calls on the stream, and to give back with zst_bytes_free() when the sink has
/// been dropped. It must not move before.
///
/// On success fills `*out`; give it to a stream, or to zst_sink_drop(). ZST_ERROR_SINK with ENOMEM for its code when
/// memory is exhausted later.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_sink_to_bytes(
    bytes: *mut zst_bytes,
    out: *mut zst_sink,
    err: *mut zst_error,
) -> zst_status {
    // SAFETY: the caller follows the rules at the top of zst.h.
    let call = unsafe { Call::begin(err) };
    call.run(|call| {
        call.borrow(bytes, "bytes")?;
        let out = call.out(out, "out")?;
        out.give(zst_sink { userdata: bytes.cast(), write: Some(append), flush: None, close: None, drop: None });
        Ok(())
    })
}

/// A sink that writes the file with this path, a NUL-terminated string. The file is made, or emptied if there is one.
/// close() and drop() close it. What has been written when a stream fails stays.
///
/// On success fills `*out`; give it to a stream, or to zst_sink_drop(). ZST_ERROR_SINK when the file cannot be opened;
/// zst_error.callback_code is the errno then, as it is when the file cannot be written later.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_sink_to_path(path: *const c_char, out: *mut zst_sink, err: *mut zst_error) -> zst_status {
    // SAFETY: the caller follows the rules at the top of zst.h.
    let call = unsafe { Call::begin(err) };
    call.run(|call| {
        let path = call.string(path, "path")?;
        let out = call.out(out, "out")?;
        let file = File::create(path).map_err(|code| Error::CannotOpen { what: End::Sink, code })?;
        out.give(file_sink(file)?);
        Ok(())
    })
}

/// A sink that writes to the file descriptor `fd`. It may be a pipe or a socket, also a non-blocking one: EAGAIN
/// becomes ZST_ERROR_WOULD_BLOCK. A pipe or socket that nobody reads any more raises SIGPIPE, unless the program
/// ignores that signal: then it is EPIPE. With `close_fd` other than 0 the sink owns the descriptor: close() and drop()
/// close it; that holds when this function fails, too.
///
/// On success fills `*out`; give it to a stream, or to zst_sink_drop().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_sink_to_fd(fd: i32, close_fd: i32, out: *mut zst_sink, err: *mut zst_error) -> zst_status {
    // SAFETY: the caller follows the rules at the top of zst.h.
    let call = unsafe { Call::begin(err) };
    call.run(|call| {
        let file = File { fd, owned: close_fd != 0 };
        let out = call.out(out, "out")?;
        out.give(file_sink(file)?);
        Ok(())
    })
}

/// Calls the sink's drop(), if it has one, and sets all fields to 0. For a sink that was not given to a stream. NULL,
/// and a zst_sink of zeros, are fine: nothing happens.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_sink_drop(sink: *mut zst_sink) {
    // SAFETY: NULL or valid, as the rules at the top of zst.h say.
    if let Some(sink) = unsafe { sink.as_mut() } {
        let nothing = zst_sink { userdata: null_mut(), write: None, flush: None, close: None, drop: None };
        drop(Callbacks(std::mem::replace(sink, nothing)));
    }
}

/// Takes a sink over. Its drop() is called in any case.
pub fn take(call: &Call, sink: *const zst_sink) -> Result<Box<dyn Sink>, Error> {
    let sink = Callbacks(call.take(sink, "sink")?);
    if sink.0.write.is_none() {
        return Err(Error::NullPointer { name: "sink->write" });
    }
    Ok(try_box(sink)?)
}

/// A sink in C.
struct Callbacks(zst_sink);

// SAFETY: the callbacks may be called from any thread, by one at a time, says the comment of zst_sink.
unsafe impl Send for Callbacks {}

impl Sink for Callbacks {
    fn write(&mut self, data: &[u8]) -> Result<usize, Error> {
        let Some(write) = self.0.write else { return Ok(data.len()) };
        let mut written = 0;
        // SAFETY: called as the comment of `zst_sink::write` says.
        outcome(unsafe { write(self.0.userdata, data.as_ptr(), data.len(), &mut written) }, "write")?;
        if written > data.len() {
            return Err(Error::SinkClaim { claimed: written, given: data.len() });
        }
        if written == 0 {
            return Err(Error::WouldBlock { what: End::Sink });
        }
        Ok(written)
    }

    fn flush(&mut self) -> Result<(), Error> {
        // SAFETY: called as the comment of `zst_sink::flush` says.
        self.0.flush.map_or(Ok(()), |flush| outcome(unsafe { flush(self.0.userdata) }, "flush"))
    }

    fn close(&mut self) -> Result<(), Error> {
        // SAFETY: called as the comment of `zst_sink::close` says.
        self.0.close.map_or(Ok(()), |close| outcome(unsafe { close(self.0.userdata) }, "close"))
    }
}

impl Drop for Callbacks {
    fn drop(&mut self) {
        if let Some(drop) = self.0.drop.take() {
            // SAFETY: called as the comment of `zst_sink::drop` says.
            unsafe { drop(self.0.userdata) }
        }
    }
}

/// What a callback has returned.
fn outcome(code: i32, operation: &'static str) -> Result<(), Error> {
    match code {
        0 => Ok(()),
        ZST_ERROR_WOULD_BLOCK => Err(Error::WouldBlock { what: End::Sink }),
        code => Err(Error::Sink { operation, code }),
    }
}

/// write() of zst_sink_to_bytes().
unsafe extern "C" fn append(userdata: *mut c_void, data: *const u8, len: usize, out_written: *mut usize) -> i32 {
    // SAFETY: `userdata` is the caller's zst_bytes, which is the sink's during the call; `data` and `out_written` are
    // valid.
    unsafe {
        let bytes = &mut *userdata.cast::<zst_bytes>();
        match bytes.append(std::slice::from_raw_parts(data, len)) {
            Ok(()) => {
                *out_written = len;
                0
            }
            Err(_) => libc::ENOMEM,
        }
    }
}

fn file_sink(file: File) -> Result<zst_sink, OutOfMemory> {
    Ok(zst_sink {
        userdata: Box::into_raw(try_box(file)?).cast(),
        write: Some(write_file),
        flush: None,
        close: Some(close_file),
        drop: Some(drop_box::<File>),
    })
}

unsafe extern "C" fn write_file(userdata: *mut c_void, data: *const u8, len: usize, out_written: *mut usize) -> i32 {
    // SAFETY: `userdata` is the File that was given away, used by one thread at a time.
    let file = unsafe { &*userdata.cast::<File>() };
    // SAFETY: `data` is valid for `len` bytes.
    match file.write(unsafe { std::slice::from_raw_parts(data, len) }) {
        Ok(taken) => {
            // SAFETY: the output is valid.
            unsafe { *out_written = taken };
            0
        }
        Err(errno) => code_of(errno),
    }
}

unsafe extern "C" fn close_file(userdata: *mut c_void) -> i32 {
    // SAFETY: `userdata` is the File that was given away, used by one thread at a time.
    let file = unsafe { &mut *userdata.cast::<File>() };
    let mut outcome = 0;
    boundary::guarded(|| outcome = file.close().err().unwrap_or(0));
    outcome
}
