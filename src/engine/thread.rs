//! Threads. (The standard library would abort when it finds no memory for one.)

pub use system::{Thread, start};

#[cfg(unix)]
mod system {
    use std::mem::MaybeUninit;
    use std::ptr::{null, null_mut};

    /// What a thread does to itself. All other signals are the program's own, and not for helpers.
    const FAULTS: [libc::c_int; 6] =
        [libc::SIGBUS, libc::SIGFPE, libc::SIGILL, libc::SIGSEGV, libc::SIGSYS, libc::SIGTRAP];

    pub struct Thread(libc::pthread_t);

    // SAFETY: a thread can be waited for by any other. (On some systems its name is a pointer.)
    unsafe impl Send for Thread {}

    impl Thread {
        /// The thread that calls this. It was made by `start`, and nobody else asks for it.
        pub fn current() -> Thread {
            // SAFETY: nothing is asked of the caller.
            Thread(unsafe { libc::pthread_self() })
        }

        pub fn wait_for_end(self) {
            // SAFETY: it was made joinable by this process, and there is one Thread of it, so nobody else waits for it.
            unsafe { libc::pthread_join(self.0, null_mut()) };
        }
    }

    /// Makes a thread that calls `run`; whether there is one now.
    pub fn start(run: fn()) -> bool {
        extern "C" fn begin(run: *mut libc::c_void) -> *mut libc::c_void {
            // SAFETY: it is the `fn()` that was given to `start`.
            let run: fn() = unsafe { std::mem::transmute(run) };
            run();
            null_mut()
        }
        let mut thread = MaybeUninit::uninit();
        let (mut all, mut before) = (MaybeUninit::uninit(), MaybeUninit::uninit());
        // SAFETY: the places are valid; the attributes are the default ones. A thread begins with the mask of its maker.
        unsafe {
            libc::sigfillset(all.as_mut_ptr());
            for fault in FAULTS {
                libc::sigdelset(all.as_mut_ptr(), fault);
            }
            libc::pthread_sigmask(libc::SIG_SETMASK, all.as_ptr(), before.as_mut_ptr());
            let made = libc::pthread_create(thread.as_mut_ptr(), null(), begin, run as *mut libc::c_void);
            libc::pthread_sigmask(libc::SIG_SETMASK, before.as_ptr(), null_mut());
            made == 0
        }
    }
}

#[cfg(windows)]
mod system {
    use std::ffi::c_void;
    use std::ptr::{null, null_mut};

    type Handle = *mut c_void;

    const INFINITE: u32 = u32::MAX;
    const DUPLICATE_SAME_ACCESS: u32 = 2;

    #[link(name = "kernel32")]
    unsafe extern "system" {
        fn CreateThread(
            attributes: *const c_void,
            stack_size: usize,
            start: extern "system" fn(*mut c_void) -> u32,
            parameter: *mut c_void,
            flags: u32,
            id: *mut u32,
        ) -> Handle;
        fn GetCurrentThread() -> Handle;
        fn GetCurrentProcess() -> Handle;
        fn DuplicateHandle(
            from_process: Handle,
            handle: Handle,
            to_process: Handle,
            out: *mut Handle,
            access: u32,
            inherit: i32,
            options: u32,
        ) -> i32;
        fn WaitForSingleObject(handle: Handle, milliseconds: u32) -> u32;
        fn CloseHandle(handle: Handle) -> i32;
    }

    /// A handle of it; NULL when there are no more handles.
    pub struct Thread(Handle);

    // SAFETY: a handle can be used by any thread.
    unsafe impl Send for Thread {}

    impl Thread {
        /// The thread that calls this.
        pub fn current() -> Thread {
            let mut handle = null_mut();
            // SAFETY: the place is valid, and on failure stays as it is.
            unsafe {
                let process = GetCurrentProcess();
                DuplicateHandle(process, GetCurrentThread(), process, &mut handle, 0, 0, DUPLICATE_SAME_ACCESS);
            }
            Thread(handle)
        }

        pub fn wait_for_end(self) {
            if !self.0.is_null() {
                // SAFETY: it is a thread's, and closed once.
                unsafe {
                    WaitForSingleObject(self.0, INFINITE);
                    CloseHandle(self.0);
                }
            }
        }
    }

    /// Makes a thread that calls `run`; whether there is one now.
    pub fn start(run: fn()) -> bool {
        extern "system" fn begin(run: *mut c_void) -> u32 {
            // SAFETY: it is the `fn()` that was given to `start`.
            let run: fn() = unsafe { std::mem::transmute(run) };
            run();
            0
        }
        // SAFETY: the attributes are the default ones, and nobody wants the number. The thread goes on without its handle.
        unsafe {
            let handle = CreateThread(null(), 0, begin, run as *mut c_void, 0, null_mut());
            !handle.is_null() && CloseHandle(handle) != 0
        }
    }
}
