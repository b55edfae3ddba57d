//! Threads that help with work on the stack of another thread.
//!
//! They are kept for the next time, and go when nobody has needed them for a while. Whoever has work to do never
//! depends on them: it does all of it itself when no helper comes. So nothing goes wrong after a fork, where the
//! helpers of the parent do not exist, or when no thread can be made.
//!
//! The locks are those of the standard library because these have no state beside themselves, which a fork could leave
//! locked.

use super::thread::{self, Thread};
use std::hint::spin_loop;
use std::mem::transmute;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError, TryLockError};
use std::time::Duration;

/// So many calls at a time can have helpers; others do their work alone.
const TEAMS: usize = 16;
/// So many helpers there are at most.
const HELPERS: usize = 256;
/// So often whoever leads a team looks whether its helpers have finished before it sleeps, which takes longer to wake from.
const LOOKS: usize = 30;
const PAUSES: usize = 64;
/// So long a helper waits for work.
const PATIENCE: Duration = Duration::from_secs(5);

static OFFICE: Mutex<Office> = Mutex::new(Office::NEW);
/// The process whose helpers the office knows. In another one its lock may be held by a thread that does not exist.
static PROCESS: AtomicU32 = AtomicU32::new(0);
/// There is work, or helpers should go.
static BELL: Condvar = Condvar::new();
/// A helper has left.
static LEFT: Condvar = Condvar::new();

struct Office {
    teams: [Option<Job>; TEAMS],
    /// Threads that exist.
    helpers: usize,
    /// Of these, those who have been asked to leave.
    leaving: usize,
    /// The thread that left last. It ends when the one that left before it has ended: who waits for it waits for all.
    last: Option<Thread>,
}

impl Office {
    const NEW: Office = Office { teams: [const { None }; TEAMS], helpers: 0, leaving: 0, last: None };

    /// Helpers that can be called: they wait for work, or are about to.
    fn free(&self) -> usize {
        let busy: usize = self.teams.iter().flatten().map(|job| job.inside).sum();
        self.helpers - busy - self.leaving
    }

    /// A place at the first job that wants helpers: where it is listed, the work, a number.
    fn find_work(&mut self) -> Option<(usize, *const Work, usize)> {
        self.teams.iter_mut().enumerate().find_map(|(place, team)| {
            let job = team.as_mut().filter(|job| job.wanted > 0)?;
            job.wanted -= 1;
            job.inside += 1;
            job.next += 1;
            Some((place, job.work, job.next - 1))
        })
    }
}

type Work = dyn Fn(usize) + Sync;

/// What a team does. It is on the office's list as long as the call that leads the team is running.
#[derive(Clone, Copy)]
struct Job {
    work: *const Work,
    /// Helpers that are still wanted.
    wanted: usize,
    /// The number of the next one.
    next: usize,
    /// Helpers that are at it.
    inside: usize,
    panicked: bool,
    /// Lives as long as the job is listed. Rung when the last helper has left.
    done: *const Condvar,
}

// SAFETY: what the pointers point at may be used from any thread (`Sync`), and lives as long as the job is listed.
unsafe impl Send for Job {}

/// The call that leads a team.
struct Team<'a> {
    /// Where its job is listed.
    place: Option<usize>,
    done: &'a Condvar,
}

/// Runs `lead`, which does the work itself, and may call for helpers that run `work` meanwhile, each with a number of
/// its own from 1 on. Returns when all have finished. A panic of any of them goes on here.
pub fn lead_team<R>(work: &(dyn Fn(usize) + Sync), lead: impl FnOnce(&mut dyn FnMut(usize)) -> R) -> R {
    let done = Condvar::new();
    let mut team = Team { place: None, done: &done };
    // The helpers are waited for also when `lead` panics: `team` is dropped then.
    let result = lead(&mut |helpers| team.call(work, helpers));
    let panicked = team.finish();
    assert!(!panicked, "a helper has panicked");
    result
}

impl Team<'_> {
    /// Calls for so many helpers. Does nothing when they cannot be had, or have been called before.
    fn call(&mut self, work: &(dyn Fn(usize) + Sync), helpers: usize) {
        if helpers == 0 || self.place.is_some() {
            return;
        }
        let Some(mut office) = enter() else { return };
        let Some(place) = office.teams.iter().position(Option::is_none) else { return };
        // SAFETY: only the lifetime changes. `finish` takes the job off the list, and waits for everyone who uses it,
        // before the borrow of `work` ends.
        let work: *const Work = unsafe { transmute(work) };
        office.teams[place] = Some(Job { work, wanted: helpers, next: 1, inside: 0, panicked: false, done: self.done });
        self.place = Some(place);
        let free = office.free();
        let missing = helpers.saturating_sub(free).min(HELPERS.saturating_sub(office.helpers));
        for _ in 0..missing {
            if !start_helper() {
                break;
            }
            office.helpers += 1;
        }
        drop(office);
        for _ in 0..helpers.min(free) {
            BELL.notify_one();
        }
    }

    /// Takes the job off the list when nobody is at it any more; returns whether a helper has panicked.
    fn finish(&mut self) -> bool {
        let Some(place) = self.place.take() else { return false };
        let mut office = lock();
        let mut looks = 0;
        loop {
            let Some(job) = &mut office.teams[place] else { return false };
            job.wanted = 0;
            if job.inside == 0 {
                let panicked = job.panicked;
                office.teams[place] = None;
                return panicked;
            }
            if looks < LOOKS {
                looks += 1;
                drop(office);
                (0..PAUSES).for_each(|_| spin_loop());
                office = lock();
            } else {
                office = self.done.wait(office).unwrap_or_else(PoisonError::into_inner);
            }
        }
    }
}

impl Drop for Team<'_> {
    fn drop(&mut self) {
        self.finish();
    }
}

/// Ends the helpers that have nothing to do, and waits until their threads have ended: not one of them is in this code
/// then.
pub fn end_idle_helpers() {
    let Some(mut office) = enter() else { return };
    office.leaving += office.free();
    BELL.notify_all();
    while office.leaving > 0 {
        office = LEFT.wait(office).unwrap_or_else(PoisonError::into_inner);
    }
    let last = office.last.take();
    drop(office);
    wait_for_end(last);
}

/// The office. After a fork it is opened anew, without the helpers and teams of the parent; none when its lock was held
/// then.
fn enter() -> Option<MutexGuard<'static, Office>> {
    let process = std::process::id();
    if PROCESS.load(Relaxed) == process {
        return Some(lock());
    }
    let mut office = match OFFICE.try_lock() {
        Ok(office) => office,
        Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
        Err(TryLockError::WouldBlock) => return None,
    };
    // Two threads may have come at the same time.
    if PROCESS.swap(process, Relaxed) != process {
        *office = Office::NEW;
    }
    Some(office)
}

/// The office where it is known to be that of this process.
fn lock() -> MutexGuard<'static, Office> {
    OFFICE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Waits until a thread that has left has ended.
fn wait_for_end(thread: Option<Thread>) {
    if let Some(thread) = thread {
        thread.wait_for_end();
    }
}

/// Makes a thread.
fn start_helper() -> bool {
    // A panic here would be one of this file; the work's own are caught below.
    thread::start(|| drop(catch_unwind(help)))
}

/// What a helper does all day.
fn help() {
    let mut office = lock();
    let mut in_vain = false;
    loop {
        if office.leaving > 0 {
            office.leaving -= 1;
            break;
        }
        if let Some((place, work, number)) = office.find_work() {
            drop(office);
            // SAFETY: the job is listed until its last helper has left, and `work` lives as long.
            let panicked = catch_unwind(AssertUnwindSafe(|| unsafe { (*work)(number) })).map_err(std::mem::forget);
            office = lock();
            in_vain = false;
            if let Some(job) = &mut office.teams[place] {
                job.inside -= 1;
                job.panicked |= panicked.is_err();
                if job.inside == 0 {
                    // SAFETY: the job is still listed, so its leader is still waiting, and needs the office's lock to
                    // go on.
                    unsafe { (*job.done).notify_one() };
                }
            }
        } else if in_vain {
            break;
        } else {
            let (waited, waiting) = BELL.wait_timeout(office, PATIENCE).unwrap_or_else(PoisonError::into_inner);
            office = waited;
            in_vain = waiting.timed_out();
        }
    }
    office.helpers -= 1;
    let before = office.last.replace(Thread::current());
    LEFT.notify_all();
    drop(office);
    wait_for_end(before);
}
