//! Memory for results: filled by libzstd, then handed to the caller as it is.

use std::alloc::{Layout, alloc, dealloc, realloc};
use std::mem::{ManuallyDrop, MaybeUninit};
use std::ptr::NonNull;

/// From this size on glibc's malloc maps memory of its own, whatever it learned from earlier calls, and the
/// first touch of each page is what a result costs most. Huge pages make that a third cheaper.
#[cfg(target_os = "linux")]
const HUGE: usize = 32 << 20;

/// A growing buffer that never zero-fills, never aborts when memory runs out, and always owns real memory,
/// also when it is empty (a host may keep the address).
///
/// Its three fields are what `zst_bytes` carries across the C boundary.
pub struct Output {
    data: NonNull<u8>,
    len: usize,
    capacity: usize,
}

// SAFETY: it owns plain bytes.
unsafe impl Send for Output {}
// SAFETY: shared references only read them.
unsafe impl Sync for Output {}

/// Memory could not be had.
#[derive(Debug, Clone, Copy)]
pub struct OutOfMemory {
    pub bytes: u64,
}

impl Output {
    /// An empty buffer with room for `capacity` bytes, which are going to be used.
    pub fn with_capacity(capacity: usize) -> Result<Output, OutOfMemory> {
        Output::with_likely_size(capacity, capacity)
    }

    /// An empty buffer with room for `capacity` bytes, of which so many are likely to be used.
    pub fn with_likely_size(capacity: usize, likely: usize) -> Result<Output, OutOfMemory> {
        let capacity = capacity.max(1);
        let refused = OutOfMemory { bytes: capacity as u64 };
        let layout = Layout::array::<u8>(capacity).map_err(|_| refused)?;
        // SAFETY: the layout's size is not zero.
        let data = NonNull::new(unsafe { alloc(layout) }).ok_or(refused)?;
        advise_huge_pages(data, likely.min(capacity));
        Ok(Output { data, len: 0, capacity })
    }

    /// A copy of `bytes`.
    pub fn copy_of(bytes: &[u8]) -> Result<Output, OutOfMemory> {
        let mut output = Output::with_capacity(bytes.len())?;
        output.append(bytes);
        Ok(output)
    }

    /// Appends `bytes`, for which there must be room.
    pub fn append(&mut self, bytes: &[u8]) {
        let mut room = Room::new(self.spare());
        room.append(bytes);
        self.len += bytes.len();
    }

    /// Sees to it that `more` bytes fit behind the content; grows by half at least, so that it grows rarely.
    pub fn make_room(&mut self, more: usize) -> Result<(), OutOfMemory> {
        if self.capacity - self.len < more {
            self.grow_to(self.len.saturating_add(more).max(self.len + self.len / 2))?;
        }
        Ok(())
    }

    /// Lets `write` add to the content, which it finds in the room already. What it has added stays when it fails.
    pub fn extend<E>(&mut self, write: impl FnOnce(&mut Room<'_>) -> Result<(), E>) -> Result<(), E> {
        // SAFETY: so many bytes belong to this buffer; MaybeUninit asks for no value, and a Room takes none away.
        let place = unsafe { std::slice::from_raw_parts_mut(self.data.as_ptr().cast(), self.capacity) };
        let start = place.as_ptr();
        let mut room = Room { place, len: self.len };
        let outcome = write(&mut room);
        assert!(room.place.as_ptr() == start && room.place.len() == self.capacity, "not the room that was lent");
        self.len = room.len();
        outcome
    }

    pub fn len(&self) -> usize {
        self.len
    }

    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    pub fn capacity(&self) -> usize {
        self.capacity
    }

    pub fn as_slice(&self) -> &[u8] {
        // SAFETY: the first `len` bytes are initialised (`fill` has seen values for them).
        unsafe { std::slice::from_raw_parts(self.data.as_ptr(), self.len) }
    }

    /// The room behind what is filled.
    pub fn spare(&mut self) -> &mut [MaybeUninit<u8>] {
        // SAFETY: `capacity - len` bytes behind `len` belong to this buffer; MaybeUninit asks for no value.
        unsafe { std::slice::from_raw_parts_mut(self.data.as_ptr().add(self.len).cast(), self.capacity - self.len) }
    }

    /// Lets `write` put bytes at the start of `spare()` and takes over what it says it has written.
    pub fn fill<E>(
        &mut self,
        write: impl for<'a> FnOnce(&'a mut [MaybeUninit<u8>]) -> Result<&'a mut [u8], E>,
    ) -> Result<usize, E> {
        let mut room = Room::new(self.spare());
        let written = room.fill(usize::MAX, write)?;
        self.len += written;
        Ok(written)
    }

    /// Lets `write` fill rooms of these sizes, one behind the other, in any order. When it succeeds, all of them must
    /// be full.
    pub fn fill_rooms<E: From<OutOfMemory>>(
        &mut self,
        sizes: impl ExactSizeIterator<Item = usize>,
        write: impl FnOnce(&mut [Room<'_>]) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut rooms = super::reserved(sizes.len())?;
        let mut rest = self.spare();
        let mut total = 0;
        for size in sizes {
            let (place, behind) = rest.split_at_mut(size);
            rooms.push(Room::new(place));
            rest = behind;
            total += size;
        }
        write(&mut rooms)?;
        // A room has seen values for everything that it counts.
        assert!(rooms.iter().all(|room| room.left() == 0), "a room is not full");
        self.len += total;
        Ok(())
    }

    /// Forgets the content and keeps the memory.
    pub fn clear(&mut self) {
        self.len = 0;
    }

    /// Forgets the first `count` bytes of the content; the others move to the start.
    pub fn remove_start(&mut self, count: usize) {
        let rest = self.as_slice()[count..].len();
        // SAFETY: the content has `count` and then `rest` bytes; the two ranges may overlap.
        unsafe { std::ptr::copy(self.data.as_ptr().add(count), self.data.as_ptr(), rest) };
        self.len = rest;
    }

    /// Makes room for `capacity` bytes in all.
    pub fn grow_to(&mut self, capacity: usize) -> Result<(), OutOfMemory> {
        if capacity <= self.capacity {
            return Ok(());
        }
        let refused = OutOfMemory { bytes: capacity as u64 };
        if self.is_empty() {
            // There is nothing to copy, and malloc is quicker than realloc.
            *self = Output::with_capacity(capacity)?;
            return Ok(());
        }
        Layout::array::<u8>(capacity).map_err(|_| refused)?;
        // SAFETY: `data` came from this allocator with this layout; the new size fits an isize (checked above).
        let data = unsafe { realloc(self.data.as_ptr(), self.layout(), capacity) };
        self.data = NonNull::new(data).ok_or(refused)?;
        self.capacity = capacity;
        advise_huge_pages(self.data, capacity);
        Ok(())
    }

    /// Gives back what is not filled. An allocator that refuses leaves the buffer as it is.
    pub fn shrink(&mut self) {
        let capacity = self.len.max(1);
        if capacity == self.capacity {
            return;
        }
        // SAFETY: `data` came from this allocator with this layout; the new size is smaller and not zero.
        let data = unsafe { realloc(self.data.as_ptr(), self.layout(), capacity) };
        if let Some(data) = NonNull::new(data) {
            self.data = data;
            self.capacity = capacity;
        }
    }

    /// Gives the memory away: address, length, capacity.
    pub fn into_raw(self) -> (*mut u8, usize, usize) {
        let this = ManuallyDrop::new(self);
        (this.data.as_ptr(), this.len, this.capacity)
    }

    /// Takes memory back.
    ///
    /// # Safety
    /// The three values come from one `into_raw`, which is undone once.
    pub unsafe fn from_raw(data: NonNull<u8>, len: usize, capacity: usize) -> Output {
        Output { data, len, capacity }
    }

    fn layout(&self) -> Layout {
        // SAFETY: the same layout was checked when the memory was allocated.
        unsafe { Layout::from_size_align_unchecked(self.capacity, 1) }
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        // SAFETY: `data` came from this allocator with this layout, and nobody else has it.
        unsafe { dealloc(self.data.as_ptr(), self.layout()) }
    }
}

/// Memory of somebody else, filled from its start.
pub struct Room<'a> {
    place: &'a mut [MaybeUninit<u8>],
    len: usize,
}

impl<'a> Room<'a> {
    pub fn new(place: &'a mut [MaybeUninit<u8>]) -> Room<'a> {
        Room { place, len: 0 }
    }

    pub fn len(&self) -> usize {
        self.len
    }

    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Bytes that are not filled.
    pub fn left(&self) -> usize {
        self.place.len() - self.len
    }

    /// Lets `write` put bytes at the start of what is not filled, of `limit` bytes of it at most, and takes over what
    /// it says it has written.
    pub fn fill<E>(
        &mut self,
        limit: usize,
        write: impl for<'b> FnOnce(&'b mut [MaybeUninit<u8>]) -> Result<&'b mut [u8], E>,
    ) -> Result<usize, E> {
        let spare = &mut self.place[self.len..];
        let room = spare.len().min(limit);
        let spare = &mut spare[..room];
        let start = spare.as_ptr().cast::<u8>();
        let written = write(spare)?;
        assert!(written.as_ptr() == start && written.len() <= room, "not the start of the spare room");
        let written = written.len();
        self.len += written;
        Ok(written)
    }

    /// Appends `bytes`, for which there must be room.
    pub fn append(&mut self, bytes: &[u8]) {
        let appended: Result<usize, std::convert::Infallible> =
            self.fill(usize::MAX, |spare| Ok(spare[..bytes.len()].write_copy_of_slice(bytes)));
        let Ok(_) = appended;
    }

    /// What has been filled.
    pub fn finish(self) -> &'a mut [u8] {
        // SAFETY: `fill` has seen values for the first `len` bytes.
        unsafe { written(self.place, self.len) }
    }
}

/// The first `written` bytes of `dst`, which now have values.
///
/// # Safety
/// libzstd has written them.
pub unsafe fn written(dst: &mut [MaybeUninit<u8>], written: usize) -> &mut [u8] {
    let dst = &mut dst[..written];
    // SAFETY: every byte has a value, says the caller.
    unsafe { std::slice::from_raw_parts_mut(dst.as_mut_ptr().cast(), dst.len()) }
}

/// Memory from the global allocator that is going to be used.
pub fn going_to_use<T>(memory: &mut [MaybeUninit<T>]) {
    advise_huge_pages(NonNull::from(&mut *memory).cast(), size_of_val(memory));
}

#[cfg(target_os = "linux")]
fn advise_huge_pages(data: NonNull<u8>, size: usize) {
    const PAGE: usize = 4096;
    if size < HUGE {
        return;
    }
    let start = data.as_ptr() as usize;
    // All of malloc's mapping, with its header: if only a part were advised, the kernel would keep two areas, and
    // realloc could not move them without copying.
    let first_page = start & !(PAGE - 1);
    let end = (start + size).next_multiple_of(PAGE);
    // SAFETY: these pages hold memory we own; the advice changes nothing that a program can read, whosever the rest of
    // them is. A kernel that does not know it refuses, which is fine.
    unsafe { libc::madvise(first_page as *mut libc::c_void, end - first_page, libc::MADV_HUGEPAGE) };
}

#[cfg(not(target_os = "linux"))]
fn advise_huge_pages(_data: NonNull<u8>, _size: usize) {}
