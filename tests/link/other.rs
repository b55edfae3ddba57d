//! Another static library written in Rust: it brings its own std, with the same names as ours.

use std::panic;
use std::thread;

/// How many of `count` threads ended with a panic: all.
#[unsafe(no_mangle)]
pub extern "C" fn other_catches_panics(count: i32) -> i32 {
    panic::set_hook(Box::new(|_| {}));
    let threads: Vec<_> = (0..count).map(|number| thread::spawn(move || panic!("number {number}"))).collect();
    let ended = threads.into_iter().map(|thread| thread.join().unwrap_err().downcast::<String>().unwrap());
    ended.filter(|message| message.starts_with("number ")).count() as i32
}
