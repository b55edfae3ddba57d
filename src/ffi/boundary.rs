//! The only place where pointers from C become references, and where panics stop.

use super::bytes::zst_slice;
use super::error::{record, record_batch, zst_error};
use super::library::ZST_CONTENTSIZE_UNKNOWN;
use super::status::{ZST_OK, zst_status};
use crate::batch::Items;
use crate::batch_error::BatchError;
use crate::engine::{Format, OutOfMemory, Shared, try_box};
use crate::error::Error;
use std::ffi::{CStr, c_char, c_void};
use std::mem::{ManuallyDrop, MaybeUninit};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr::NonNull;

/// One call from C. What it lends does not outlive it: the references that its methods give are borrowed from it, and
/// `run` lends it to the body for the time of the body only.
pub struct Call {
    err: *mut zst_error,
}

impl Call {
    /// # Safety
    /// All pointers that the call's methods are given obey the rules at the top of `zst.h`, for as long as the call
    /// takes; so does `err`.
    pub unsafe fn begin(err: *mut zst_error) -> Call {
        Call { err }
    }

    /// Runs `body`, turns its error or panic into a status, and describes it in `*err`.
    pub fn run(self, body: impl FnOnce(&Call) -> Result<(), Error>) -> zst_status {
        self.run_with_status(|call| body(call).map(|()| ZST_OK))
    }

    /// The same where success has several names.
    pub fn run_with_status(self, body: impl FnOnce(&Call) -> Result<zst_status, Error>) -> zst_status {
        let outcome = catch_unwind(AssertUnwindSafe(|| body(&self)));
        let error = match outcome {
            Ok(Ok(status)) => return status,
            Ok(Err(error)) => error,
            Err(panic) => {
                // A payload whose own drop panics must not get out either.
                std::mem::forget(panic);
                Error::Panic
            }
        };
        // SAFETY: NULL, or valid for writing (see `begin`).
        record(&error, unsafe { self.err.cast::<MaybeUninit<zst_error>>().as_mut() })
    }

    /// The same for calls with many items.
    pub fn run_batch(self, body: impl FnOnce(&Call) -> Result<(), BatchError>) -> zst_status {
        let mut failure = None;
        let err = self.err;
        let status = self.run(|call| {
            failure = body(call).err();
            Ok(())
        });
        match failure {
            // SAFETY: NULL, or valid for writing (see `begin`).
            Some(failure) => record_batch(&failure, unsafe { err.cast::<MaybeUninit<zst_error>>().as_mut() }),
            None => status,
        }
    }

    /// A handle, or a struct that the function reads.
    pub fn borrow<T>(&self, pointer: *const T, name: &'static str) -> Result<&T, Error> {
        // SAFETY: NULL, or a live object (see `begin`).
        unsafe { pointer.as_ref() }.ok_or(Error::NullPointer { name })
    }

    /// The same where NULL means none.
    pub fn borrow_optional<T>(&self, pointer: *const T) -> Option<&T> {
        // SAFETY: NULL, or a live object (see `begin`).
        unsafe { pointer.as_ref() }
    }

    /// A handle that its own callbacks might free: it stays until the call is over.
    pub fn hold<T>(&self, pointer: *const T, name: &'static str) -> Result<Shared<T>, Error> {
        let pointer = NonNull::new(pointer.cast_mut()).ok_or(Error::NullPointer { name })?;
        // SAFETY: a live handle (see `begin`) from `give_shared`; what is forgotten is not this call's owner.
        Ok(unsafe { (*ManuallyDrop::new(Shared::from_raw(pointer))).clone() })
    }

    /// A struct that the function takes over.
    pub fn take<T>(&self, pointer: *const T, name: &'static str) -> Result<T, Error> {
        if pointer.is_null() {
            return Err(Error::NullPointer { name });
        }
        // SAFETY: not NULL, so valid for reading one value (see `begin`), which C does not use again.
        Ok(unsafe { pointer.read() })
    }

    /// Input bytes. NULL is fine for an empty input.
    pub fn bytes(&self, pointer: *const c_void, len: usize, name: &'static str) -> Result<&[u8], Error> {
        if len == 0 {
            return Ok(&[]);
        }
        check_range(pointer, len, name)?;
        // SAFETY: not NULL, and valid for so many bytes (see `begin`).
        Ok(unsafe { std::slice::from_raw_parts(pointer.cast(), len) })
    }

    /// The same where NULL means none, whatever `len` says.
    pub fn bytes_optional(
        &self,
        pointer: *const c_void,
        len: usize,
        name: &'static str,
    ) -> Result<Option<&[u8]>, Error> {
        if pointer.is_null() { Ok(None) } else { self.bytes(pointer, len, name).map(Some) }
    }

    /// An array.
    pub fn array<T>(&self, pointer: *const T, count: usize, name: &'static str) -> Result<&[T], Error> {
        if count == 0 {
            return Ok(&[]);
        }
        check_range(pointer.cast(), count.saturating_mul(size_of::<T>()), name)?;
        // SAFETY: not NULL, and an array of so many (see `begin`).
        Ok(unsafe { std::slice::from_raw_parts(pointer, count) })
    }

    /// A NUL-terminated string.
    pub fn string(&self, pointer: *const c_char, name: &'static str) -> Result<&CStr, Error> {
        if pointer.is_null() {
            return Err(Error::NullPointer { name });
        }
        // SAFETY: not NULL, so a string that ends with NUL (see `begin`).
        Ok(unsafe { CStr::from_ptr(pointer) })
    }

    /// A place for output bytes, apart from the input bytes `src`. NULL is fine for an empty one.
    #[allow(clippy::mut_from_ref)] // The place is the caller's, not the call's.
    pub fn place(
        &self,
        pointer: *mut c_void,
        len: usize,
        name: &'static str,
        src: &[u8],
    ) -> Result<&mut [MaybeUninit<u8>], Error> {
        if len == 0 {
            return Ok(&mut []);
        }
        check_range(pointer, len, name)?;
        let (start, input) = (pointer as usize, src.as_ptr_range());
        if start < input.end as usize && (input.start as usize) < start + len {
            return Err(Error::Overlap { first: "src", second: name });
        }
        // SAFETY: not NULL, valid for so many bytes, and nobody else's during the call (see `begin`).
        Ok(unsafe { std::slice::from_raw_parts_mut(pointer.cast(), len) })
    }

    /// An array of slices, each of them checked.
    pub fn slices(&self, pointer: *const zst_slice, count: usize, name: &'static str) -> Result<Slices<'_>, Error> {
        let slices = self.array(pointer, count, name)?;
        for slice in slices {
            if slice.len > 0 {
                check_range(slice.data, slice.len, name)?;
            }
        }
        Ok(Slices(slices))
    }

    /// What is left of input that the caller has lent and keeps valid.
    pub fn lent(&self, input: &Lent) -> &[u8] {
        // SAFETY: it was checked when it was lent, and is valid for as long as the function's comment says.
        unsafe { std::slice::from_raw_parts(input.data, input.len) }
    }

    /// A place for one output value.
    pub fn out<T>(&self, pointer: *mut T, name: &'static str) -> Result<Out<'_, T>, Error> {
        // SAFETY: NULL, or valid for writing one value (see `begin`).
        let place = unsafe { pointer.cast::<MaybeUninit<T>>().as_mut() };
        place.map(Out).ok_or(Error::NullPointer { name })
    }

    /// The same where NULL means that the value is not wanted.
    pub fn out_optional<T>(&self, pointer: *mut T) -> Option<Out<'_, T>> {
        // SAFETY: NULL, or valid for writing one value (see `begin`).
        unsafe { pointer.cast::<MaybeUninit<T>>().as_mut() }.map(Out)
    }
}

/// Slices that have been checked.
#[derive(Clone, Copy)]
pub struct Slices<'call>(&'call [zst_slice]);

// SAFETY: the bytes are only read, for as long as the call takes.
unsafe impl Sync for Slices<'_> {}

impl<'call> Slices<'call> {
    pub fn iter(self) -> impl ExactSizeIterator<Item = &'call [u8]> + Clone {
        self.0.iter().map(bytes_of)
    }
}

/// The bytes of a slice that `Call::slices` has checked.
fn bytes_of(slice: &zst_slice) -> &[u8] {
    if slice.len == 0 {
        return &[];
    }
    // SAFETY: not NULL, and valid for so many bytes (see `Call::begin`).
    unsafe { std::slice::from_raw_parts(slice.data.cast(), slice.len) }
}

impl Items for Slices<'_> {
    fn count(&self) -> usize {
        self.0.len()
    }

    fn get(&self, index: usize) -> &[u8] {
        bytes_of(&self.0[index])
    }
}

/// Input that the caller has lent beyond the call it was given in.
pub struct Lent {
    data: *const u8,
    len: usize,
}

// SAFETY: it is only an address; `Call::lent` reads from it, under the caller's promise.
unsafe impl Send for Lent {}

impl Lent {
    pub fn new(bytes: &[u8]) -> Lent {
        Lent { data: bytes.as_ptr(), len: bytes.len() }
    }

    pub fn nothing() -> Lent {
        Lent::new(&[])
    }

    /// Leaves out what has been used.
    pub fn advance(&mut self, used: usize) {
        assert!(used <= self.len, "more was used than there is");
        self.data = self.data.wrapping_add(used);
        self.len -= used;
    }
}

/// A place for one output value. It is written when the call can no longer fail, and not touched before.
pub struct Out<'call, T>(&'call mut MaybeUninit<T>);

impl<T> Out<'_, T> {
    pub fn give(self, value: T) {
        self.0.write(value);
    }
}

/// Handles may be used from any thread, by several at a time, says zst.h; so they must be able to.
impl<T: Send + Sync> Out<'_, *mut T> {
    /// Gives a new handle.
    pub fn give_handle(self, handle: T) -> Result<(), OutOfMemory> {
        self.give(Box::into_raw(try_box(handle)?));
        Ok(())
    }

    /// Gives a new handle that its own callbacks might free.
    pub fn give_shared(self, handle: T) -> Result<(), OutOfMemory> {
        self.give(Shared::try_new(handle)?.into_raw());
        Ok(())
    }
}

/// Takes a handle back and drops it; NULL is nothing.
///
/// # Safety
/// The handle came from `give_handle` and is not used any more.
pub unsafe fn free<T>(handle: *mut T) {
    if handle.is_null() {
        return;
    }
    // SAFETY: as the caller says.
    let handle = unsafe { Box::from_raw(handle) };
    guarded(|| drop(handle));
}

/// Takes a handle back that its own callbacks might free; when one of them does, it is dropped at the end of the call
/// that they are in. NULL is nothing.
///
/// # Safety
/// The handle came from `give_shared` and is not used any more.
pub unsafe fn release<T>(handle: *mut T) {
    if let Some(handle) = NonNull::new(handle) {
        // SAFETY: as the caller says.
        let handle = unsafe { Shared::from_raw(handle) };
        guarded(|| drop(handle));
    }
}

/// Runs `body` in a function that cannot fail. A panic ends here.
pub fn guarded(body: impl FnOnce()) {
    if let Err(panic) = catch_unwind(AssertUnwindSafe(body)) {
        // A payload whose own drop panics must not get out either.
        std::mem::forget(panic);
    }
}

fn check_range(pointer: *const c_void, len: usize, name: &'static str) -> Result<(), Error> {
    if pointer.is_null() {
        return Err(Error::NullPointer { name });
    }
    if len > isize::MAX as usize {
        return Err(Error::TooLong { name });
    }
    Ok(())
}

/// A declared size of content.
pub fn declared_size(size: u64) -> Option<u64> {
    (size != ZST_CONTENTSIZE_UNKNOWN).then_some(size)
}

/// A `ZST_FORMAT_*` number.
pub fn format(number: i32, doing: &'static str) -> Result<Format, Error> {
    match number {
        0 => Ok(Format::Zstd1),
        1 => Ok(Format::Zstd1Magicless),
        _ => Err(Error::OutOfBounds { doing, name: "format", value: number.into(), min: 0, max: 1, zero_too: false }),
    }
}
