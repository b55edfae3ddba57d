//! Bytes that are kept until somebody takes them.

use crate::engine::{OutOfMemory, Output};

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

    pub fn append(&mut self, more: &[u8]) -> Result<(), OutOfMemory> {
        self.bytes.append_growing(more)
    }
}
