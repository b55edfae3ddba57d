//! What streams write to.

use crate::engine::{Output, Room};
use crate::error::Error;

/// Takes output piece by piece.
pub trait Sink: Send {
    /// Takes some of `data`, one byte or more; returns how many.
    fn write(&mut self, data: &[u8]) -> Result<usize, Error>;
    fn flush(&mut self) -> Result<(), Error>;
    fn close(&mut self) -> Result<(), Error>;
}

/// A sink, and the piece that is made for it.
pub struct Outlet {
    sink: Box<dyn Sink>,
    piece: Output,
    /// Of the piece, what the sink has taken.
    sent: usize,
    delivered: u64,
}

impl Outlet {
    pub fn new(sink: Box<dyn Sink>, write_size: usize) -> Result<Outlet, Error> {
        if write_size == 0 {
            return Err(Error::NotPositive { name: "write_size" });
        }
        Ok(Outlet { sink, piece: Output::with_capacity(write_size)?, sent: 0, delivered: 0 })
    }

    /// Lets `write` add to the piece. What it has added stays when it fails.
    pub fn fill(&mut self, write: impl FnOnce(&mut Room<'_>) -> Result<(), Error>) -> Result<(), Error> {
        self.piece.extend(write)
    }

    pub fn is_full(&self) -> bool {
        self.piece.len() == self.piece.capacity()
    }

    /// Has the sink take the whole piece. What it does not take waits for the next time.
    pub fn send(&mut self) -> Result<(), Error> {
        while self.sent < self.piece.len() {
            let taken = self.sink.write(&self.piece.as_slice()[self.sent..])?;
            self.sent += taken;
            self.delivered += taken as u64;
        }
        self.piece.clear();
        self.sent = 0;
        Ok(())
    }

    pub fn flush_sink(&mut self) -> Result<(), Error> {
        self.sink.flush()
    }

    pub fn close_sink(&mut self) -> Result<(), Error> {
        self.sink.close()
    }

    /// Bytes that the sink has taken.
    pub fn delivered(&self) -> u64 {
        self.delivered
    }
}
