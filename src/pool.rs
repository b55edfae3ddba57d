//! Contexts for operations: one at a time, kept warm, no waiting.
//!
//! Each compressor or decompressor has a `Pool` with a few slots. An operation locks a slot that is free, works with
//! the context in it, and unlocks; a thread comes back to the same slot, so its context and its cache lines are its
//! own. When a handle is freed its contexts go to a small process-wide store (`Idle`), from which fresh handles take.
//!
//! Locks are only tried, never waited for: a lock that another thread held when the process forked stays locked in
//! the child, and there the slot is merely lost.

use crate::engine::{Progression, Shared, try_box};
use crate::error::Error;
use parking_lot::{Mutex, MutexGuard};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};

/// Slots of one handle: so many operations at a time reuse contexts that are ready to go.
const SLOTS: usize = 8;
const STREAM: usize = SLOTS + 1;

/// Contexts that the process-wide store keeps of each kind, and the size above which it keeps none.
const IDLE: usize = 8;
const IDLE_SIZE: usize = 8 << 20;

/// What a pool needs to know of a context.
pub trait Context: Sized + 'static {
    fn create() -> Result<Self, Error>;
    /// Forgets everything except its memory.
    fn reset(&mut self);
    /// In bytes.
    fn memory_size(&self) -> usize;
    /// The process-wide store of this kind.
    fn idle() -> &'static Idle<Self>;
}

/// Contexts without a handle. They are boxed here and in the slots, so that moving one is moving a pointer.
pub struct Idle<C> {
    places: [Mutex<Option<Box<Configured<C>>>>; IDLE],
    /// 0 as long as nobody has asked.
    fresh_size: AtomicUsize,
}

impl<C: Context> Idle<C> {
    pub const fn new() -> Idle<C> {
        Idle { places: [const { Mutex::new(None) }; IDLE], fresh_size: AtomicUsize::new(0) }
    }

    fn take(&self) -> Option<Box<Configured<C>>> {
        self.places.iter().find_map(|place| place.try_lock()?.take())
    }

    fn give(&self, mut held: Box<Configured<C>>) {
        if held.context.memory_size() > IDLE_SIZE {
            return;
        }
        held.context.reset();
        held.version = None;
        for place in &self.places {
            if let Some(mut place) = place.try_lock()
                && place.is_none()
            {
                *place = Some(held);
                return;
            }
        }
    }

    /// The memory of a context that was just made.
    fn fresh_size(&self) -> Result<usize, Error> {
        if self.fresh_size.load(Relaxed) == 0 {
            self.fresh_size.store(C::create()?.memory_size(), Relaxed);
        }
        Ok(self.fresh_size.load(Relaxed))
    }

    /// Frees them all.
    pub fn clear(&self) {
        while self.take().is_some() {}
    }
}

/// What is known of the operation in a slot. Written by the operation, read by anybody at any time.
#[derive(Default)]
pub struct Record {
    ingested: AtomicU64,
    consumed: AtomicU64,
    produced: AtomicU64,
    memory_size: AtomicUsize,
}

impl Record {
    pub fn set_progression(&self, progression: Progression) {
        self.ingested.store(progression.ingested, Relaxed);
        self.consumed.store(progression.consumed, Relaxed);
        self.produced.store(progression.produced, Relaxed);
    }

    /// Counts an item of a batch that was compressed from `consumed` bytes to `produced` ones.
    pub fn add(&self, consumed: u64, produced: u64) {
        self.ingested.fetch_add(consumed, Relaxed);
        self.consumed.fetch_add(consumed, Relaxed);
        self.produced.fetch_add(produced, Relaxed);
    }

    pub fn progression(&self) -> Progression {
        let consumed = self.consumed.load(Relaxed);
        Progression {
            // The operation may have gone on between two looks.
            ingested: self.ingested.load(Relaxed).max(consumed),
            consumed,
            produced: self.produced.load(Relaxed),
        }
    }

    pub fn set_memory_size(&self, bytes: usize) {
        self.memory_size.store(bytes, Relaxed);
    }

    /// The size of the operation's context; before it has one, that of a fresh context.
    pub fn memory_size<C: Context>(&self) -> Result<usize, Error> {
        match self.memory_size.load(Relaxed) {
            0 => C::idle().fresh_size(),
            size => Ok(size),
        }
    }
}

/// A context and the version of the settings that it was configured with, if any.
pub struct Configured<C> {
    pub context: C,
    version: Option<u32>,
    /// The process that its worker threads are in, if it has any.
    process: u32,
}

type Place<'a, C> = MutexGuard<'a, Option<Box<Configured<C>>>>;

/// Slots do not share cache lines, of which CPUs fetch two at a time.
#[repr(align(128))]
struct Slot<C> {
    place: Mutex<Option<Box<Configured<C>>>>,
    record: Record,
}

/// The contexts of one handle.
pub struct Pool<C: Context> {
    slots: [Slot<C>; SLOTS],
    /// Of operations for which no slot was free.
    overflow: Record,
    /// The contexts have worker threads. See `new`.
    workers: bool,
    latest_stream: Mutex<Option<Shared<Record>>>,
    latest: Latest,
}

/// The slot of the operation that was started last; SLOTS stands for `overflow`, STREAM for `latest_stream`. Written by
/// every operation, so that nothing that operations read is beside it.
#[repr(align(128))]
struct Latest(AtomicUsize);

impl<C: Context> Pool<C> {
    /// Contexts with worker threads end with their handle: idle threads are nothing to leave behind, and they do not
    /// survive a fork. They also end with an operation that fails: when libzstd gives up a frame in the middle it
    /// forgets to withdraw a job that waits for a free worker (`jobReady` in zstdmt_compress.c) and crashes in the
    /// next frame.
    pub fn new(workers: bool) -> Pool<C> {
        let slot = |_| Slot { place: Mutex::new(None), record: Record::default() };
        Pool {
            slots: std::array::from_fn(slot),
            overflow: Record::default(),
            workers,
            latest_stream: Mutex::new(None),
            latest: Latest(AtomicUsize::new(0)),
        }
    }

    /// Runs `operation` with a context that `configure` has prepared for the settings of this `version`.
    pub fn run<R>(
        &self,
        version: u32,
        configure: impl FnOnce(&mut C) -> Result<(), Error>,
        operation: impl FnOnce(&mut C, &Record) -> Result<R, Error>,
    ) -> Result<R, Error> {
        let (index, mut place) = self.free_slot();
        self.latest.0.store(index, Relaxed);
        let record = self.record(index);
        record.set_progression(Progression::default());

        // The context leaves its slot, so that a panic drops it instead of leaving it there half-used.
        let warm = place.as_mut().and_then(|place| self.keep(place.take()?));
        let mut held = self.prepared(warm, version, configure)?;

        let result = operation(&mut held.context, record);
        record.set_memory_size(held.context.memory_size());
        match &mut place {
            _ if self.workers && result.is_err() => {}
            Some(place) => **place = Some(held),
            None if !self.workers => C::idle().give(held),
            None => {}
        }
        result
    }

    /// Takes a context for an operation of many calls, which is prepared as in `run`. It has a record of its own.
    pub fn lease(
        &self,
        version: u32,
        configure: impl FnOnce(&mut C) -> Result<(), Error>,
    ) -> Result<Box<Configured<C>>, Error> {
        let warm = self.slots_from_own().find_map(|(_, slot)| self.keep(slot.place.try_lock()?.take()?));
        self.prepared(warm, version, configure)
    }

    /// Takes it back. `between_frames`: it is not in the middle of one.
    pub fn give_back(&self, held: Box<Configured<C>>, between_frames: bool) {
        if self.workers && !between_frames {
            drop(self.keep(held));
            return;
        }
        for (_, slot) in self.slots_from_own() {
            if let Some(mut place) = slot.place.try_lock()
                && place.is_none()
            {
                *place = Some(held);
                return;
            }
        }
        if !self.workers {
            C::idle().give(held);
        }
    }

    /// A context that is ready for the settings of this version: the warm one, or one of the process-wide store, or a
    /// new one.
    fn prepared(
        &self,
        warm: Option<Box<Configured<C>>>,
        version: u32,
        configure: impl FnOnce(&mut C) -> Result<(), Error>,
    ) -> Result<Box<Configured<C>>, Error> {
        let mut held = match warm.or_else(|| C::idle().take()) {
            Some(held) => held,
            None => try_box(Configured { context: C::create()?, version: None, process: 0 })?,
        };
        if held.version != Some(version) {
            held.version = None;
            configure(&mut held.context)?;
            held.version = Some(version);
            if self.workers {
                held.process = std::process::id();
            }
        }
        Ok(held)
    }

    /// The same context, unless a fork has left its worker threads behind: then it can be neither used nor freed, and
    /// is forgotten.
    fn keep(&self, held: Box<Configured<C>>) -> Option<Box<Configured<C>>> {
        if self.workers && held.process != std::process::id() {
            std::mem::forget(held);
            return None;
        }
        Some(held)
    }

    /// Makes the operation with this record the one that was started last.
    pub fn set_latest(&self, record: &Shared<Record>) {
        if let Some(mut latest) = self.latest_stream.try_lock() {
            *latest = Some(record.clone());
            self.latest.0.store(STREAM, Relaxed);
        }
    }

    /// How far the operation that was started last has come.
    pub fn progression(&self) -> Progression {
        self.with_latest(Record::progression)
    }

    /// The size of the context of the operation that was started last; before any, that of a fresh context.
    pub fn memory_size(&self) -> Result<usize, Error> {
        self.with_latest(Record::memory_size::<C>)
    }

    fn with_latest<R>(&self, look: impl FnOnce(&Record) -> R) -> R {
        match self.latest.0.load(Relaxed) {
            STREAM => match self.latest_stream.try_lock().as_deref() {
                Some(Some(record)) => look(record),
                Some(None) | None => look(&self.overflow),
            },
            index => look(self.record(index)),
        }
    }

    fn record(&self, index: usize) -> &Record {
        self.slots.get(index).map_or(&self.overflow, |slot| &slot.record)
    }

    /// Locks a slot, beginning with the calling thread's own.
    fn free_slot(&self) -> (usize, Option<Place<'_, C>>) {
        let free = self.slots_from_own().find_map(|(index, slot)| Some((index, slot.place.try_lock()?)));
        free.map_or((SLOTS, None), |(index, place)| (index, Some(place)))
    }

    /// All slots, beginning with the calling thread's own.
    fn slots_from_own(&self) -> impl Iterator<Item = (usize, &Slot<C>)> {
        let own = stack_number();
        (0..SLOTS).map(move |offset| {
            let index = own.wrapping_add(offset) % SLOTS;
            (index, &self.slots[index])
        })
    }
}

impl<C: Context> Drop for Pool<C> {
    fn drop(&mut self) {
        for index in 0..SLOTS {
            let held = self.slots[index].place.get_mut().take();
            if let Some(held) = held.and_then(|held| self.keep(held))
                && !self.workers
            {
                C::idle().give(held);
            }
        }
    }
}

/// Tells threads apart by where their stacks are, which costs no thread-local: stacks lie megabytes apart. Two threads
/// with the same number only try the same slot first.
fn stack_number() -> usize {
    const MIXED: u64 = 0x9E37_79B9_7F4A_7C15;
    let marker = 0u8;
    let address = std::ptr::from_ref(&marker) as u64;
    ((address >> 21).wrapping_mul(MIXED) >> 32) as usize >> (32 - SLOTS.ilog2())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    thread_local! {
        static CREATED: Cell<u32> = const { Cell::new(0) };
    }

    /// Too large for the process-wide store, so that the tests do not meet there.
    struct Large;

    impl Context for Large {
        fn create() -> Result<Large, Error> {
            CREATED.set(CREATED.get() + 1);
            Ok(Large)
        }

        fn reset(&mut self) {}

        fn memory_size(&self) -> usize {
            IDLE_SIZE + 1
        }

        fn idle() -> &'static Idle<Large> {
            static IDLE: Idle<Large> = Idle::new();
            &IDLE
        }
    }

    fn operation(pool: &Pool<Large>, result: Result<(), Error>) {
        let _ = pool.run(0, |_| Ok(()), |_, _| result);
    }

    #[test]
    fn one_operation_after_another_needs_one_context() {
        let pool = Pool::<Large>::new(false);
        for _ in 0..12 {
            let held = pool.lease(0, |_| Ok(())).unwrap();
            pool.give_back(held, true);
            operation(&pool, Ok(()));
            operation(&pool, Err(Error::Panic));
        }
        assert_eq!(CREATED.get(), 1);
    }

    #[test]
    fn contexts_with_workers_end_with_a_failure_or_an_abandoned_frame() {
        let pool = Pool::<Large>::new(true);
        operation(&pool, Ok(()));
        operation(&pool, Ok(()));
        assert_eq!(CREATED.get(), 1);
        operation(&pool, Err(Error::Panic));
        operation(&pool, Ok(()));
        assert_eq!(CREATED.get(), 2);
        let held = pool.lease(0, |_| Ok(())).unwrap();
        pool.give_back(held, false);
        operation(&pool, Ok(()));
        assert_eq!(CREATED.get(), 3);
    }
}
