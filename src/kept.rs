//! Bytes that are kept until somebody takes them.

use crate::engine::Output;

pub struct Kept {
    bytes: Output,
    /// Of `bytes`, those that have been taken.
    taken: usize,
}

impl Kept {
    pub fn new(bytes: Output) -> Kept {
        Kept { bytes, taken: 0 }
    }

    /// What has not been taken.
    pub fn rest(&self) -> &[u8] {
        &self.bytes.as_slice()[self.taken..]
    }

    pub fn take(&mut self, count: usize) {
        self.taken += count;
    }

    /// The same, in its memory.
    pub fn into_rest(mut self) -> Output {
        self.bytes.remove_start(self.taken);
        self.bytes
    }
}
