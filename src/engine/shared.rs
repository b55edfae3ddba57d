//! Heap memory for handles and for what they share, without the abort on exhaustion that `Box::new` and
//! `Arc::new` come with.

use super::OutOfMemory;
use std::alloc::{Layout, alloc};
use std::mem::ManuallyDrop;
use std::ops::Deref;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Moves `value` to the heap, as `Box::new` does, but reports exhaustion.
pub fn try_box<T>(value: T) -> Result<Box<T>, OutOfMemory> {
    const { assert!(size_of::<T>() > 0) };
    let layout = Layout::new::<T>();
    // SAFETY: the size is not zero.
    let place = unsafe { alloc(layout) }.cast::<T>();
    let place = NonNull::new(place).ok_or(OutOfMemory { bytes: layout.size() as u64 })?;
    // SAFETY: fresh memory of the right layout from the global allocator, which is what a Box owns.
    unsafe {
        place.as_ptr().write(value);
        Ok(Box::from_raw(place.as_ptr()))
    }
}

/// A shared, immutable value: `Arc`, but its constructor reports exhaustion.
pub struct Shared<T>(NonNull<Counted<T>>);

/// The value comes first: its address is that of the whole.
#[repr(C)]
struct Counted<T> {
    value: T,
    owners: AtomicUsize,
}

// SAFETY: as for `Arc`: owners in several threads read the value, and any of them may drop it.
unsafe impl<T: Send + Sync> Send for Shared<T> {}
// SAFETY: as above.
unsafe impl<T: Send + Sync> Sync for Shared<T> {}

impl<T> Shared<T> {
    pub fn try_new(value: T) -> Result<Shared<T>, OutOfMemory> {
        let counted = try_box(Counted { value, owners: AtomicUsize::new(1) })?;
        Ok(Shared(NonNull::from(Box::leak(counted))))
    }

    /// Gives this owner away as an address.
    pub fn into_raw(self) -> *mut T {
        ManuallyDrop::new(self).0.as_ptr().cast()
    }

    /// Takes an owner back.
    ///
    /// # Safety
    /// The address comes from one `into_raw`, which is undone once.
    pub unsafe fn from_raw(address: NonNull<T>) -> Shared<T> {
        Shared(address.cast())
    }

    /// All other owners have gone.
    pub fn is_last_owner(&self) -> bool {
        // SAFETY: this owner keeps the allocation alive.
        unsafe { self.0.as_ref() }.owners.load(Ordering::Acquire) == 1
    }
}

impl<T> Clone for Shared<T> {
    fn clone(&self) -> Shared<T> {
        // SAFETY: this owner keeps the allocation alive. A new owner is made from an existing one, so nothing has to be
        // ordered (as in `Arc`).
        unsafe { self.0.as_ref() }.owners.fetch_add(1, Ordering::Relaxed);
        Shared(self.0)
    }
}

impl<T> Deref for Shared<T> {
    type Target = T;

    fn deref(&self) -> &T {
        // SAFETY: this owner keeps the allocation alive, and nobody changes the value.
        &unsafe { self.0.as_ref() }.value
    }
}

impl<T> Drop for Shared<T> {
    fn drop(&mut self) {
        // SAFETY: this owner keeps the allocation alive until here.
        let owners = &unsafe { self.0.as_ref() }.owners;
        if owners.fetch_sub(1, Ordering::Release) != 1 {
            return;
        }
        // A fence would do as well, but ThreadSanitizer does not know fences.
        owners.load(Ordering::Acquire);
        // SAFETY: the last owner, and all others' uses happened before (release above, acquire here). It came from a
        // Box.
        drop(unsafe { Box::from_raw(self.0.as_ptr()) });
    }
}
