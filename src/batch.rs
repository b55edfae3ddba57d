//! Many items in one call: how they are handed out to those who work on them.
//!
//! Items are cut into tasks: large items alone, small ones in runs of neighbours. Whoever is free takes the next task,
//! the largest items first, so nobody is left with a large one at the end. The calling thread works too; it calls for
//! helpers when there is enough to do to be worth it.

use crate::engine::{OutOfMemory, lead_team, logical_cpus, push, reserved};
use crate::error::BatchError;
use parking_lot::Mutex;
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{self, PoisonError};
use std::time::{Duration, Instant};

/// The input of a batch.
pub trait Items: Sync {
    fn count(&self) -> usize;
    fn get(&self, index: usize) -> &[u8];
}

/// Tasks for each worker, so that all of them end at about the same time.
const TASKS: u64 = 32;
/// A task is worth this much work, in bytes.
const LEAST: u64 = 4 << 10;
/// What an item costs beside its bytes.
pub const ITEM: u64 = 256;
/// From so much work on, in bytes, helpers are called at once; otherwise when the rest is seen to take so long.
const AT_ONCE: u64 = 128 << 10;
const WORTH_A_CALL: Duration = Duration::from_micros(150);
/// The first task may take so many times as long as the others: caches are cold.
const COLD: u32 = 3;

/// How many may work on a batch: `threads` as callers give it, but never more than there are CPUs or items.
pub fn workers(threads: i32, items: usize) -> usize {
    let most = match threads {
        0 | 1 => return 1,
        threads => usize::try_from(threads).unwrap_or(usize::MAX),
    };
    most.min(logical_cpus() as usize).min(items).max(1)
}

/// Some items in a row.
pub struct Run {
    pub items: Range<usize>,
    pub weight: u64,
}

/// Cuts items, which weigh `total` together, into runs, in their order.
pub fn cut(count: usize, workers: usize, total: u64, weight: impl Fn(usize) -> u64) -> Result<Vec<Run>, OutOfMemory> {
    let mut runs = Vec::new();
    if workers == 1 {
        // A look at each of many items takes its time.
        push(&mut runs, Run { items: 0..count, weight: total })?;
        return Ok(runs);
    }
    let target = (total / (workers as u64 * TASKS)).max(LEAST);
    let mut run = Run { items: 0..0, weight: 0 };
    let mut close = |run: &mut Run, next: usize| {
        if !run.items.is_empty() {
            push(&mut runs, std::mem::replace(run, Run { items: next..next, weight: 0 }))?;
        }
        Ok::<_, OutOfMemory>(())
    };
    for index in 0..count {
        let weight = weight(index);
        if run.weight.saturating_add(weight) > target {
            close(&mut run, index)?;
        }
        run.items.end = index + 1;
        run.weight = run.weight.saturating_add(weight);
    }
    close(&mut run, count)?;
    Ok(runs)
}

/// The failures of a batch. The one that counts is the first in the order of items.
pub struct Failures {
    /// Its item.
    first: AtomicUsize,
    /// The only lock here that is waited for. That of the standard library needs neither memory for it, nor state that
    /// a fork could leave locked.
    error: sync::Mutex<Option<BatchError>>,
}

impl Failures {
    /// Whether an item before this one has failed, so that this one does not matter any more.
    pub fn before(&self, index: usize) -> bool {
        self.first.load(Relaxed) < index
    }

    pub fn report(&self, index: usize, error: BatchError) {
        let mut place = self.error.lock().unwrap_or_else(PoisonError::into_inner);
        if index < self.first.load(Relaxed) {
            self.first.store(index, Relaxed);
            *place = Some(error);
        }
    }
}

/// What one worker is given: `next` gives tasks, none when there are none any more. A task that fails is not the end:
/// items before it may still be waiting in others.
pub struct Worker<'a, T> {
    pub next: &'a mut dyn FnMut() -> Option<T>,
    pub failures: &'a Failures,
}

/// Has `tasks` done, with their weights, by so many workers at most; each runs `work` once. Returns what they return,
/// unless there was a failure.
pub fn run<T: Send, R: Send>(
    tasks: Vec<(T, u64)>,
    workers: usize,
    work: impl Fn(Worker<'_, T>) -> R + Sync,
) -> Result<Vec<R>, BatchError> {
    let workers = workers.min(tasks.len()).max(1);
    let count = tasks.len();
    let total = tasks.iter().fold(0u64, |total, (_, weight)| total.saturating_add(*weight));
    // The large ones first; those that are not keep their order.
    let mut order = reserved(count)?;
    order.extend(0..count);
    order.sort_unstable_by_key(|&index| (u64::MAX - tasks[index].1 / (total / TASKS + 1), index));
    let mut places = reserved(count)?;
    places.extend(tasks.into_iter().map(|(task, _)| Mutex::new(Some(task))));
    let mut outcomes = reserved(workers)?;
    outcomes.extend((0..workers).map(|_| Mutex::new(None)));
    let handed_out = AtomicUsize::new(0);
    let failures = Failures { first: AtomicUsize::new(usize::MAX), error: sync::Mutex::new(None) };

    let next = || order.get(handed_out.fetch_add(1, Relaxed)).and_then(|&index| places[index].try_lock()?.take());
    let work_as = |number: usize, next: &mut dyn FnMut() -> Option<T>| {
        let outcome = work(Worker { next, failures: &failures });
        if let Some(mut place) = outcomes[number].try_lock() {
            *place = Some(outcome);
        }
    };
    lead_team(&|number| work_as(number, &mut || next()), |call| {
        let mut called = false;
        let begun = Instant::now();
        let mut taken = 0;
        work_as(0, &mut || {
            let left = count.saturating_sub(handed_out.load(Relaxed));
            if !called && workers > 1 && left > 1 {
                let elapsed = begun.elapsed();
                let rest = elapsed.checked_div(taken).map_or(Duration::ZERO, |each| each.saturating_mul(left as u32));
                let enough = if taken == 1 { WORTH_A_CALL * COLD } else { WORTH_A_CALL };
                if total >= AT_ONCE || rest >= enough {
                    called = true;
                    call((workers - 1).min(left - 1));
                }
            }
            taken += 1;
            next()
        });
    });

    if let Some(error) = failures.error.into_inner().unwrap_or_else(PoisonError::into_inner) {
        return Err(error);
    }
    let mut results = reserved(workers)?;
    results.extend(outcomes.into_iter().filter_map(Mutex::into_inner));
    Ok(results)
}
