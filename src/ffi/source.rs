//! `zst_source`: what streams read from, as callbacks; and those that the library brings along.

use super::boundary::{self, Call};
use super::error::zst_error;
use super::status::{ZST_ERROR_WOULD_BLOCK, zst_status};
use crate::engine::{File, OutOfMemory, Output, try_box};
use crate::error::{End, Error};
use crate::source::Source;
use std::ffi::{c_char, c_void};
use std::ptr::{null, null_mut};

/// Where a stream gets its input from. The function that is given a zst_source takes it over, also when it fails; the
/// struct itself is copied and need not stay.
///
/// The callbacks are called by one thread at a time, but not always by the same one: by whoever uses the stream. They
/// must return (no exceptions, no longjmp). From inside, a call on the same stream gets ZST_ERROR_BUSY; freeing it
/// takes effect when the call is over that the callback is in.
#[repr(C)]
pub struct zst_source {
    /// Given to the callbacks, otherwise not touched.
    pub userdata: *mut c_void,
    /// Lends the next block: sets `*out_data` and `*out_len`, and returns 0. The block must stay valid and unchanged
    /// until the next read() or drop(). `size_hint` is what suits the stream; any other length is as good (but
    /// zst_decompressor_read_to_iter() skips bytes in the first block only). A length of 0 is the end of the
    /// input, after which read() is not called again.
    ///
    /// ZST_ERROR_WOULD_BLOCK says that there is nothing at the moment: nothing is lost, and the stream will ask again.
    /// Any other number is an error of your own, which the caller finds in zst_error.callback_code; the stream
    /// stays usable.
    pub read: Option<
        unsafe extern "C" fn(
            userdata: *mut c_void,
            size_hint: usize,
            out_data: *mut *const u8,
            out_len: *mut usize,
        ) -> i32,
    >,
    /// Called exactly once, when the source is not needed any more: the stream was closed or freed, or could not be
    /// made. May be NULL.
    pub drop: Option<unsafe extern "C" fn(userdata: *mut c_void)>,
}

/// A source that lends `src` as one block, without copying. `src` must stay valid and unchanged until the source is
/// dropped.
///
/// On success fills `*out`; give it to a stream, or to zst_source_drop().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_source_from_memory(
    src: *const c_void,
    src_len: usize,
    out: *mut zst_source,
    err: *mut zst_error,
) -> zst_status {
    // SAFETY: the caller follows the rules at the top of zst.h.
    let call = unsafe { Call::begin(err) };
    call.run(|call| {
        let src = call.bytes(src, src_len, "src")?;
        let out = call.out(out, "out")?;
        let memory = try_box(Memory { data: src.as_ptr(), len: src.len() })?;
        out.give(zst_source {
            userdata: Box::into_raw(memory).cast(),
            read: Some(Memory::read),
            drop: Some(drop_box::<Memory>),
        });
        Ok(())
    })
}

/// A source that reads the file with this path, a NUL-terminated string.
///
/// On success fills `*out`; give it to a stream, or to zst_source_drop(). ZST_ERROR_SOURCE when the file cannot be
/// opened; zst_error.callback_code is the errno then, as it is when the file cannot be read later.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_source_from_path(
    path: *const c_char,
    out: *mut zst_source,
    err: *mut zst_error,
) -> zst_status {
    // SAFETY: the caller follows the rules at the top of zst.h.
    let call = unsafe { Call::begin(err) };
    call.run(|call| {
        let path = call.string(path, "path")?;
        let out = call.out(out, "out")?;
        let file = File::open(path).map_err(|code| Error::CannotOpen { what: End::Source, code })?;
        out.give(FileSource::new(file)?);
        Ok(())
    })
}

/// A source that reads the file descriptor `fd`, one read(2) for each block. It may be a pipe or a socket, also a
/// non-blocking one: EAGAIN becomes ZST_ERROR_WOULD_BLOCK. With `close_fd` other than 0 the source owns the descriptor,
/// and closes it when it is dropped; that holds when this function fails, too.
///
/// On success fills `*out`; give it to a stream, or to zst_source_drop().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_source_from_fd(
    fd: i32,
    close_fd: i32,
    out: *mut zst_source,
    err: *mut zst_error,
) -> zst_status {
    // SAFETY: the caller follows the rules at the top of zst.h.
    let call = unsafe { Call::begin(err) };
    call.run(|call| {
        let file = File { fd, owned: close_fd != 0 };
        let out = call.out(out, "out")?;
        out.give(FileSource::new(file)?);
        Ok(())
    })
}

/// Calls the source's drop(), if it has one, and sets all fields to 0. For a source that was not given to a stream.
/// NULL, and a zst_source of zeros, are fine: nothing happens.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_source_drop(source: *mut zst_source) {
    // SAFETY: NULL or valid, as the rules at the top of zst.h say.
    if let Some(source) = unsafe { source.as_mut() } {
        let taken = std::mem::replace(source, zst_source { userdata: null_mut(), read: None, drop: None });
        drop(Callbacks { source: taken, data: null(), len: 0 });
    }
}

/// Takes a source over. Its drop() is called in any case.
pub fn take(call: &Call, source: *const zst_source) -> Result<Box<dyn Source>, Error> {
    let source = Callbacks { source: call.take(source, "source")?, data: null(), len: 0 };
    if source.source.read.is_none() {
        return Err(Error::NullPointer { name: "source->read" });
    }
    Ok(try_box(source)?)
}

/// A source in C.
struct Callbacks {
    source: zst_source,
    /// What is left of the block that was lent last.
    data: *const u8,
    len: usize,
}

// SAFETY: the callbacks may be called from any thread, by one at a time, says the comment of zst_source.
unsafe impl Send for Callbacks {}

impl Source for Callbacks {
    fn read(&mut self, size_hint: usize) -> Result<(), Error> {
        self.len = 0;
        let Some(read) = self.source.read else { return Ok(()) };
        let (mut data, mut len) = (null(), 0);
        // SAFETY: called as the comment of `zst_source::read` says.
        match unsafe { read(self.source.userdata, size_hint, &mut data, &mut len) } {
            0 if len > 0 && (data.is_null() || len > isize::MAX as usize) => Err(Error::SourceBlock { len }),
            0 => {
                (self.data, self.len) = (data, len);
                Ok(())
            }
            ZST_ERROR_WOULD_BLOCK => Err(Error::WouldBlock { what: End::Source }),
            code => Err(Error::Source { code }),
        }
    }

    fn block(&self) -> &[u8] {
        if self.len == 0 {
            return &[];
        }
        // SAFETY: lent until the next read, and checked when it was.
        unsafe { std::slice::from_raw_parts(self.data, self.len) }
    }

    fn advance(&mut self, used: usize) {
        assert!(used <= self.len, "more was used than there is");
        self.data = self.data.wrapping_add(used);
        self.len -= used;
    }
}

impl Drop for Callbacks {
    fn drop(&mut self) {
        if let Some(drop) = self.source.drop.take() {
            // SAFETY: called as the comment of `zst_source::drop` says.
            unsafe { drop(self.source.userdata) }
        }
    }
}

/// What zst_source_from_memory() lends; nothing when it has done so.
struct Memory {
    data: *const u8,
    len: usize,
}

impl Memory {
    unsafe extern "C" fn read(
        userdata: *mut c_void,
        _size_hint: usize,
        out_data: *mut *const u8,
        out_len: *mut usize,
    ) -> i32 {
        // SAFETY: `userdata` is the Memory that was given away, used by one thread at a time; the outputs are valid.
        unsafe {
            let memory = &mut *userdata.cast::<Memory>();
            *out_data = memory.data;
            *out_len = std::mem::take(&mut memory.len);
        }
        0
    }
}

/// Drops what was given away as `userdata`.
pub unsafe extern "C" fn drop_box<T>(userdata: *mut c_void) {
    // SAFETY: `userdata` came from a Box of that type, and drop() is called once.
    let value = unsafe { Box::from_raw(userdata.cast::<T>()) };
    boundary::guarded(|| drop(value));
}

/// What a callback returns for an errno.
pub fn code_of(errno: i32) -> i32 {
    if errno == libc::EAGAIN || errno == libc::EWOULDBLOCK { ZST_ERROR_WOULD_BLOCK } else { errno }
}

struct FileSource {
    file: File,
    block: Option<Output>,
}

impl FileSource {
    #[allow(clippy::new_ret_no_self)] // It is what C sees of it.
    fn new(file: File) -> Result<zst_source, OutOfMemory> {
        let file = try_box(FileSource { file, block: None })?;
        Ok(zst_source {
            userdata: Box::into_raw(file).cast(),
            read: Some(FileSource::read),
            drop: Some(drop_box::<FileSource>),
        })
    }

    unsafe extern "C" fn read(
        userdata: *mut c_void,
        size_hint: usize,
        out_data: *mut *const u8,
        out_len: *mut usize,
    ) -> i32 {
        // SAFETY: `userdata` is the FileSource that was given away, used by one thread at a time.
        let source = unsafe { &mut *userdata.cast::<FileSource>() };
        let block = match source.block.take() {
            Some(block) if block.capacity() >= size_hint => block,
            _ => match Output::with_capacity(size_hint) {
                Ok(block) => block,
                Err(_) => return libc::ENOMEM,
            },
        };
        let block = source.block.insert(block);
        block.clear();
        let outcome = block.fill(|spare| {
            let wanted = spare.len().min(size_hint);
            let got = source.file.read(&mut spare[..wanted])?;
            // SAFETY: so many bytes have been read.
            Ok(unsafe { crate::engine::written(spare, got) })
        });
        match outcome {
            Ok(got) => {
                // SAFETY: the outputs are valid.
                unsafe {
                    *out_data = block.as_slice().as_ptr();
                    *out_len = got;
                }
                0
            }
            Err(errno) => code_of(errno),
        }
    }
}
