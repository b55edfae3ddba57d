//! Streams that take their input from a source: what readers, iterators and copy_stream have in common.

use crate::engine::{Output, Room};
use crate::error::Error;

/// A stream with its source.
pub trait Pull: Send {
    /// Reads a block if none is left, and makes one step with it.
    fn step(&mut self, room: &mut Room<'_>) -> Result<Pulled, Error>;

    /// Appends everything that is still to come. What it has appended stays when it fails.
    fn pull_all(&mut self, output: &mut Output) -> Result<(), Error>;

    /// Bytes of all blocks of the source so far.
    fn bytes_read(&self) -> u64;

    /// Makes steps until there are `least` bytes in `room`, or a good reason to return less; returns what the last one
    /// has led to. Output stays in `room` when it fails.
    fn pull(&mut self, room: &mut Room<'_>, least: usize) -> Result<Pulled, Error> {
        let mut pulled = Pulled::More;
        while room.len() < least {
            pulled = self.step(room)?;
            match pulled {
                Pulled::More => {}
                Pulled::Pause if room.is_empty() => {}
                Pulled::Pause | Pulled::End => break,
            }
        }
        Ok(pulled)
    }
}

/// What a step leads to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Pulled {
    More,
    /// There is more to come, but what there is should be given out first.
    Pause,
    End,
}
