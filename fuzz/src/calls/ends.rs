//! The other ends of streams: sources and sinks whose callbacks do all that callbacks may do, and more.

use super::*;

/// The other end of a stream: a source or a sink.
pub struct End<'a> {
    machine: *const Machine<'a>,
    /// What a source is going to give.
    feed: Vec<u8>,
    /// What it has given, or what a sink has taken.
    pub passed: RefCell<Vec<u8>>,
    /// The block on loan, which is gone with the next.
    block: RefCell<Box<[u8]>>,
    write_size: usize,
    ended: Cell<bool>,
    pub drops: Cell<u8>,
    /// It does what it wants, instead of what always works.
    pub moody: bool,
}

impl End<'_> {
    /// What callbacks may do before they do their work; what they say.
    fn mood(&self) -> u8 {
        assert_eq!(self.drops.get(), 0, "a callback after drop()");
        // SAFETY: the machine outlives all ends.
        let machine = unsafe { &*self.machine };
        let mood = if self.moody { machine.below(12) } else { 0 };
        if mood >= 9 && machine.depth.get() < 3 {
            machine.depth.set(machine.depth.get() + 1);
            machine.step();
            machine.depth.set(machine.depth.get() - 1);
        }
        mood
    }
}

unsafe extern "C" fn read(userdata: *mut c_void, _hint: usize, data: *mut *const u8, len: *mut usize) -> i32 {
    // SAFETY: the machine keeps all ends; the outputs are valid.
    unsafe {
        let end = &*userdata.cast::<End>();
        assert!(!end.ended.get(), "read() after the end");
        *end.block.borrow_mut() = Box::default();
        let mood = end.mood();
        if mood < 4 {
            let (machine, rest) = (&*end.machine, end.feed.len() - end.passed.borrow().len());
            let size = machine.piece().min(rest);
            let at = end.passed.borrow().len();
            let block: Box<[u8]> = end.feed[at..at + size].into();
            end.ended.set(size == 0);
            end.passed.borrow_mut().extend_from_slice(&block);
            let mut place = end.block.borrow_mut();
            *place = block;
            (*data, *len) = (place.as_ptr(), place.len());
            return 0;
        }
        match mood {
            4 | 9 => ZST_ERROR_WOULD_BLOCK,
            5 => {
                (*data, *len) = (null(), 5);
                0
            }
            6 => {
                (*data, *len) = (std::ptr::dangling(), isize::MAX as usize + 1);
                0
            }
            code => i32::from(code),
        }
    }
}

unsafe extern "C" fn write(userdata: *mut c_void, data: *const u8, len: usize, written: *mut usize) -> i32 {
    // SAFETY: the machine keeps all ends; data and output are valid.
    unsafe {
        let end = &*userdata.cast::<End>();
        assert!(len > 0 && len <= end.write_size, "a piece of {len} bytes");
        let taken = match end.mood() {
            0 | 1 | 10 | 11 => len,
            2 => len.div_ceil(2),
            3 => 1,
            4 => 0,
            5 | 9 => return ZST_ERROR_WOULD_BLOCK,
            6 => {
                *written = len + 1;
                return 0;
            }
            code => return i32::from(code),
        };
        end.passed.borrow_mut().extend_from_slice(std::slice::from_raw_parts(data, taken));
        *written = taken;
        0
    }
}

unsafe extern "C" fn flush_or_close(userdata: *mut c_void) -> i32 {
    // SAFETY: the machine keeps all ends.
    match unsafe { &*userdata.cast::<End>() }.mood() {
        5 => ZST_ERROR_WOULD_BLOCK,
        7 => 7,
        _ => 0,
    }
}

unsafe extern "C" fn drop_end(userdata: *mut c_void) {
    // SAFETY: the machine keeps all ends.
    let end = unsafe { &*userdata.cast::<End>() };
    end.mood();
    end.drops.set(end.drops.get() + 1);
    *end.block.borrow_mut() = Box::default();
}

pub unsafe extern "C" fn report(userdata: *mut c_void, _read: u64, _written: u64) -> i32 {
    // SAFETY: the machine keeps all ends.
    let end = unsafe { &*userdata.cast::<End>() };
    if end.drops.get() == 0 && end.mood() == 7 { 7 } else { 0 }
}

impl<'a> Machine<'a> {
    fn end(&self, feed: Vec<u8>, write_size: usize) -> (usize, *mut c_void) {
        let end = Rc::new(End {
            machine: self,
            feed,
            passed: RefCell::default(),
            block: RefCell::default(),
            write_size,
            ended: Cell::new(false),
            drops: Cell::new(0),
            moody: self.below(3) > 0,
        });
        let userdata = Rc::as_ptr(&end).cast_mut().cast();
        self.ends.borrow_mut().push(end);
        (self.ends.borrow().len() - 1, userdata)
    }

    pub fn source(&self, feed: Vec<u8>) -> (usize, zst_source) {
        let (index, userdata) = self.end(feed, 0);
        (index, zst_source { userdata, read: Some(read), drop: Some(drop_end) })
    }

    pub fn sink(&self, write_size: usize) -> (usize, zst_sink) {
        let (index, userdata) = self.end(Vec::new(), write_size);
        let (write, other) = (Some(write as _), Some(flush_or_close as _));
        (index, zst_sink { userdata, write, flush: other, close: other, drop: Some(drop_end) })
    }

    pub fn drop_sink(&self, mut sink: zst_sink) {
        // SAFETY: not given to anybody.
        unsafe { zst_sink_drop(&mut sink) };
    }
}
