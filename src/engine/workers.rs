//! Threads that help with work on the stack of another thread.
//!
//! They are kept for the next time, and go when nobody has needed them for a while. Whoever has work to do never
//! depends on them: it does all of it itself when no helper comes. So nothing goes wrong after a fork, where the
//! helpers of the parent do not exist, or when no thread can be made.
//!
//! The locks are those of the standard library because these have no state beside themselves, which a fork could leave
//! locked.

use std::mem::{MaybeUninit, transmute};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr::{null, null_mut};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError, TryLockError};
use std::time::Duration;

/// So many calls at a time can have helpers; others do their work alone.
const TEAMS: usize = 16;
/// So many helpers there are at most.
const HELPERS: usize = 256;
/// So long a helper waits for work.
const PATIENCE: Duration = Duration::from_secs(5);
/// How often a lock is tried that is only held for moments, unless it was held when the process forked.
const TRIES: usize = 1000;

static OFFICE: Mutex<Office> =
    Mutex::new(Office { teams: [const { None }; TEAMS], helpers: 0, idle: 0, leaving: 0, process: 0 });
/// There is work, or helpers should go.
static BELL: Condvar = Condvar::new();
/// A helper has gone.
static GONE: Condvar = Condvar::new();

struct Office {
    teams: [Option<Job>; TEAMS],
    /// Threads that exist.
    helpers: usize,
    /// Of these, those who wait.
    idle: usize,
    /// Of these, those who have been asked to go.
    leaving: usize,
    /// Whose threads they are.
    process: u32,
}

/// What a team does. It is on the office's list as long as the call that leads the team is running.
#[derive(Clone, Copy)]
struct Job {
    work: *const (dyn Fn(usize) + Sync),
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
        let work: *const (dyn Fn(usize) + Sync) = unsafe { transmute(work) };
        office.teams[place] = Some(Job { work, wanted: helpers, next: 1, inside: 0, panicked: false, done: self.done });
        self.place = Some(place);
        let missing = helpers.saturating_sub(office.idle).min(HELPERS - office.helpers.min(HELPERS));
        for _ in 0..missing {
            if !start_helper() {
                break;
            }
            office.helpers += 1;
        }
        let sleeping = office.idle.min(helpers);
        drop(office);
        for _ in 0..sleeping {
            BELL.notify_one();
        }
    }

    /// Takes the job off the list when nobody is at it any more; returns whether a helper has panicked.
    fn finish(&mut self) -> bool {
        let Some(place) = self.place.take() else { return false };
        let mut office = OFFICE.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            let Some(job) = &mut office.teams[place] else { return false };
            job.wanted = 0;
            if job.inside == 0 {
                let panicked = job.panicked;
                office.teams[place] = None;
                return panicked;
            }
            office = self.done.wait(office).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl Drop for Team<'_> {
    fn drop(&mut self) {
        self.finish();
    }
}

/// Ends the helpers that wait for work, and waits until they have gone.
pub fn end_idle_helpers() {
    let Some(mut office) = enter() else { return };
    office.leaving = office.idle;
    BELL.notify_all();
    while office.leaving > 0 {
        office = GONE.wait(office).unwrap_or_else(PoisonError::into_inner);
    }
}

/// The office, unless its lock was held when the process forked.
fn enter() -> Option<MutexGuard<'static, Office>> {
    for _ in 0..TRIES {
        match OFFICE.try_lock() {
            Ok(office) => return Some(own(office)),
            Err(TryLockError::Poisoned(poisoned)) => return Some(own(poisoned.into_inner())),
            Err(TryLockError::WouldBlock) => std::thread::yield_now(),
        }
    }
    None
}

/// Forgets the helpers and teams of a parent process.
fn own(mut office: MutexGuard<'static, Office>) -> MutexGuard<'static, Office> {
    let process = std::process::id();
    if office.process != process {
        *office = Office { teams: [const { None }; TEAMS], helpers: 0, idle: 0, leaving: 0, process };
    }
    office
}

/// Makes a thread. (The standard library would abort when it finds no memory for one.)
fn start_helper() -> bool {
    extern "C" fn start(_: *mut libc::c_void) -> *mut libc::c_void {
        // A panic here would be one of this file; the work's own are caught below.
        let _ = catch_unwind(help);
        null_mut()
    }
    let mut thread = MaybeUninit::uninit();
    let (mut all, mut before) = (MaybeUninit::uninit(), MaybeUninit::uninit());
    // SAFETY: the places are valid; the attributes are the default ones. The program's signals are not for helpers:
    // they are made with all of them blocked.
    unsafe {
        libc::sigfillset(all.as_mut_ptr());
        libc::pthread_sigmask(libc::SIG_SETMASK, all.as_ptr(), before.as_mut_ptr());
        let made = libc::pthread_create(thread.as_mut_ptr(), null(), start, null_mut());
        libc::pthread_sigmask(libc::SIG_SETMASK, before.as_ptr(), null_mut());
        made == 0 && libc::pthread_detach(thread.assume_init()) == 0
    }
}

/// What a helper does all day.
fn help() {
    let mut office = OFFICE.lock().unwrap_or_else(PoisonError::into_inner);
    loop {
        let found = office.teams.iter_mut().enumerate().find_map(|(place, team)| {
            let job = team.as_mut().filter(|job| job.wanted > 0)?;
            job.wanted -= 1;
            job.inside += 1;
            job.next += 1;
            Some((place, job.work, job.next - 1))
        });
        if let Some((place, work, number)) = found {
            drop(office);
            // SAFETY: the job is listed until its last helper has left, and `work` lives as long.
            let panicked = catch_unwind(AssertUnwindSafe(|| unsafe { (*work)(number) })).map_err(std::mem::forget);
            office = OFFICE.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(job) = &mut office.teams[place] {
                job.inside -= 1;
                job.panicked |= panicked.is_err();
                if job.inside == 0 {
                    // SAFETY: the job is still listed, so its leader is still waiting, and needs the office's lock to
                    // go on.
                    unsafe { (*job.done).notify_one() };
                }
            }
            continue;
        }
        office.idle += 1;
        let (waited, waiting) = BELL.wait_timeout(office, PATIENCE).unwrap_or_else(PoisonError::into_inner);
        office = waited;
        office.idle -= 1;
        let asked = office.leaving > 0;
        if asked || waiting.timed_out() && office.teams.iter().flatten().all(|job| job.wanted == 0) {
            office.leaving -= usize::from(asked);
            office.helpers -= 1;
            GONE.notify_all();
            return;
        }
    }
}
