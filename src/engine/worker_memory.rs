//! Memory for what libzstd makes once for the worker threads of a context.
//!
//! libzstd 1.5.7 crashes when it finds no memory for that: `ZSTDMT_createCCtx_advanced_internal` reads the table of
//! jobs to free what it has made so far, also when there is no table. So all of it is reserved here before, in one
//! block, and given out when libzstd asks. (Whoever allocates for libzstd has to: `ZSTD_customCalloc` writes to what it
//! is given without a look.) Everything else comes from malloc(), for which libzstd is prepared to fail.

use super::{OutOfMemory, Shared};
use std::ffi::c_void;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use zstd_sys as sys;

pub struct WorkerMemory {
    workers: i32,
    block: NonNull<u8>,
    size: usize,
    /// Of the block, what has been given out. Workers ask too.
    used: AtomicUsize,
}

/// Nothing is given out yet. No sum begins with this.
const CLOSED: usize = usize::MAX;

/// What malloc() aligns to, at least.
const ALIGNMENT: usize = 16;

/// Some structures, the larger of which are a context and its extension for workers; and for each worker a few pointers
/// and, as the number of jobs is a power of two, up to two jobs of some 450 bytes. A test compares.
const FIXED: usize = 16 << 10;
const EACH: usize = 1200;

impl WorkerMemory {
    pub fn new(workers: i32) -> Result<Shared<WorkerMemory>, OutOfMemory> {
        let size = FIXED + EACH * usize::try_from(workers).unwrap_or(0);
        // SAFETY: nothing is asked of the caller.
        let block = NonNull::new(unsafe { libc::malloc(size) }).ok_or(OutOfMemory { bytes: size as u64 })?;
        Shared::try_new(WorkerMemory { workers, block: block.cast(), size, used: AtomicUsize::new(CLOSED) })
    }

    pub fn workers(&self) -> i32 {
        self.workers
    }

    /// From now on the block is given out, until it is used up. What comes first is to be what the workers need, so
    /// this is called before a frame that they are made for. They are made once.
    pub fn open(&self) {
        let _ = self.used.compare_exchange(CLOSED, 0, Relaxed, Relaxed);
    }

    /// As libzstd wants it. To be used as long as this lives.
    pub fn as_custom_mem(&self) -> sys::ZSTD_customMem {
        let opaque = std::ptr::from_ref(self).cast_mut().cast();
        sys::ZSTD_customMem { customAlloc: Some(allocate), customFree: Some(release), opaque }
    }

    fn give_out(&self, size: usize) -> Option<NonNull<u8>> {
        let size = size.checked_next_multiple_of(ALIGNMENT)?;
        let fits = |used: usize| used.checked_add(size).filter(|&used| used <= self.size);
        let before = self.used.fetch_update(Relaxed, Relaxed, fits).ok()?;
        // SAFETY: the block has `size` bytes from here on, which are given out once.
        Some(unsafe { self.block.add(before) })
    }

    fn owns(&self, place: *mut c_void) -> bool {
        (place as usize).wrapping_sub(self.block.as_ptr() as usize) < self.size
    }
}

impl Drop for WorkerMemory {
    fn drop(&mut self) {
        // SAFETY: ours, from malloc(), freed once.
        unsafe { libc::free(self.block.as_ptr().cast()) }
    }
}

unsafe extern "C" fn allocate(opaque: *mut c_void, size: usize) -> *mut c_void {
    // SAFETY: `opaque` is a WorkerMemory that lives (`as_custom_mem`).
    let memory = unsafe { &*opaque.cast::<WorkerMemory>() };
    match memory.give_out(size) {
        Some(place) => place.as_ptr().cast(),
        // SAFETY: nothing is asked of the caller.
        None => unsafe { libc::malloc(size) },
    }
}

/// What comes from the block stays with it.
unsafe extern "C" fn release(opaque: *mut c_void, place: *mut c_void) {
    // SAFETY: as above; `place` comes from `allocate`.
    unsafe {
        if !(*opaque.cast::<WorkerMemory>()).owns(place) {
            libc::free(place);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Code;

    /// A frame that only workers can make, and for which they need nothing else from the block.
    fn compress_with(memory: &WorkerMemory) {
        let src = vec![0u8; 600 << 10];
        let mut dst = vec![0u8; src.len()];
        // SAFETY: the object is used and freed as libzstd says; the ranges are valid.
        unsafe {
            let cctx = sys::ZSTD_createCCtx_advanced(memory.as_custom_mem());
            sys::ZSTD_CCtx_setParameter(cctx, sys::ZSTD_cParameter::ZSTD_c_nbWorkers, memory.workers());
            memory.open();
            let (dst, src) = ((dst.as_mut_ptr().cast(), dst.len()), (src.as_ptr().cast(), src.len()));
            let size = sys::ZSTD_compress2(cctx, dst.0, dst.1, src.0, src.1);
            sys::ZSTD_freeCCtx(cctx);
            assert!(Code::check(size).is_ok());
        }
    }

    #[test]
    fn the_block_is_large_enough_for_any_number_of_workers() {
        for workers in [1, 2, 5, 6, 13, 14, 29, 30, 61, 62, 125, 126, 200] {
            let memory = WorkerMemory::new(workers).unwrap();
            assert_eq!(memory.used.load(Relaxed), CLOSED);
            compress_with(&memory);
            let used = memory.used.load(Relaxed);
            assert!(used > 8 << 10, "libzstd does not ask for it any more");
            assert!(used + 1024 < memory.size, "{workers} workers need {used} of {} bytes", memory.size);
        }
    }
}
