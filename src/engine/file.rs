//! Files as C knows them: by a descriptor, with an `errno` when something fails. (Those of the standard library need
//! memory that they do not ask for politely, and know no descriptors on Windows.)

use std::ffi::CStr;
use std::mem::{MaybeUninit, replace, take};

/// As much as Linux takes in one call; other systems refuse what is more than an `int`.
const AT_ONCE: usize = 0x7fff_f000;

/// A file descriptor.
pub struct File {
    pub fd: i32,
    /// It is closed in the end.
    pub owned: bool,
}

impl File {
    /// Opens a file to read it.
    pub fn open(path: &CStr) -> Result<File, i32> {
        File::from_call(system::open(path, libc::O_RDONLY))
    }

    /// Opens a file to write it; it is made, or emptied if there is one.
    pub fn create(path: &CStr) -> Result<File, i32> {
        File::from_call(system::open(path, libc::O_WRONLY | libc::O_CREAT | libc::O_TRUNC))
    }

    fn from_call(fd: i32) -> Result<File, i32> {
        if fd < 0 { Err(system::errno()) } else { Ok(File { fd, owned: true }) }
    }

    /// Reads once; 0 is the end.
    pub fn read(&self, place: &mut [MaybeUninit<u8>]) -> Result<usize, i32> {
        let len = place.len().min(AT_ONCE);
        // SAFETY: the place is valid for its length.
        uninterrupted(|| unsafe { system::read(self.fd, place.as_mut_ptr().cast(), len) })
    }

    /// Writes once; returns how much was taken.
    pub fn write(&self, data: &[u8]) -> Result<usize, i32> {
        let len = data.len().min(AT_ONCE);
        // SAFETY: the data is valid for its length.
        uninterrupted(|| unsafe { system::write(self.fd, data.as_ptr().cast(), len) })
    }

    pub fn close(&mut self) -> Result<(), i32> {
        if !take(&mut self.owned) {
            return Ok(());
        }
        // From now on the number may be somebody else's.
        let fd = replace(&mut self.fd, -1);
        // SAFETY: ours, closed once.
        if unsafe { libc::close(fd) } < 0 { Err(system::errno()) } else { Ok(()) }
    }
}

impl Drop for File {
    fn drop(&mut self) {
        // Nobody is there to be told.
        let _ = self.close();
    }
}

/// What a read or write has done, which is called again when a signal came first.
fn uninterrupted(mut call: impl FnMut() -> isize) -> Result<usize, i32> {
    loop {
        let done = call();
        if done >= 0 {
            return Ok(done as usize);
        }
        let errno = system::errno();
        if errno != libc::EINTR {
            return Err(errno);
        }
    }
}

#[cfg(unix)]
mod system {
    use std::ffi::CStr;

    pub use libc::{read, write};

    pub fn open(path: &CStr, flags: i32) -> i32 {
        const READ_AND_WRITE_FOR_ALL: libc::c_uint = 0o666;
        // SAFETY: the path is a valid string.
        unsafe { libc::open(path.as_ptr(), flags | libc::O_CLOEXEC, READ_AND_WRITE_FOR_ALL) }
    }

    pub fn errno() -> i32 {
        std::io::Error::last_os_error().raw_os_error().unwrap_or(libc::EIO)
    }
}

/// The C library of Windows: paths in UTF-16, text and binary files, lengths of 32 bits.
#[cfg(windows)]
mod system {
    use std::ffi::{CStr, c_int, c_void};

    unsafe extern "C" {
        fn _errno() -> *mut c_int;
    }

    pub fn open(path: &CStr, flags: i32) -> i32 {
        const LONGEST: usize = 1 << 15;
        let mut wide = [0u16; LONGEST];
        let Ok(text) = path.to_str() else { return fail(libc::EILSEQ) };
        for (at, unit) in text.encode_utf16().enumerate() {
            // The last one stays 0.
            if at == LONGEST - 1 {
                return fail(libc::ENAMETOOLONG);
            }
            wide[at] = unit;
        }
        const READ_AND_WRITE: c_int = libc::S_IREAD | libc::S_IWRITE;
        // SAFETY: the path is a valid string.
        unsafe { libc::wopen(wide.as_ptr(), flags | libc::O_BINARY | libc::O_NOINHERIT, READ_AND_WRITE) }
    }

    pub unsafe fn read(fd: i32, place: *mut c_void, len: usize) -> isize {
        // SAFETY: the caller's.
        unsafe { libc::read(fd, place, len as u32) as isize }
    }

    pub unsafe fn write(fd: i32, data: *const c_void, len: usize) -> isize {
        // SAFETY: the caller's.
        unsafe { libc::write(fd, data, len as u32) as isize }
    }

    fn fail(errno: i32) -> i32 {
        // SAFETY: it is this thread's own.
        unsafe { *_errno() = errno };
        -1
    }

    pub fn errno() -> i32 {
        // SAFETY: it is this thread's own.
        unsafe { *_errno() }
    }
}
