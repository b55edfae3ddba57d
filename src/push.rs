//! Streams that are given their input: what a writer needs of one.

use crate::engine::{Ending, OutOfMemory, Room};
use crate::error::Error;

/// A stream that is given its input.
pub trait Push: Send {
    /// What `close` ends.
    const CLOSE_ENDS: Ending;
    /// `close` flushes the sink first.
    const CLOSE_FLUSHES: bool;

    fn step(&mut self, room: &mut Room<'_>, src: &[u8], ending: Ending) -> Result<Pushed, Error>;
    /// The error that ended the stream, if one did.
    fn check(&self) -> Result<(), Error>;
    /// Whether everything that was taken in is complete.
    fn at_end(&self) -> bool;
    /// Whether the input may end here.
    fn check_end(&self) -> Result<(), Error>;
    /// Ends the stream for lack of memory.
    fn fail(&mut self, error: OutOfMemory) -> Error;
}

/// What a step has done.
#[derive(Clone, Copy)]
pub struct Pushed {
    /// Bytes of the input.
    pub consumed: usize,
    /// Nothing is waiting inside any more of what this step was to give out.
    pub complete: bool,
}
