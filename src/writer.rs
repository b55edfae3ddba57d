//! `zst_compression_writer`, `zst_decompression_writer`: streams that are written to, and that write to a sink themselves.
//!
//! Nothing is lost when the sink fails: what it was offered, input that was not taken in, a flush that was not completed stay
//! here, and go out first with the next call.

use crate::engine::{Ending, OutOfMemory, Output, Room};
use crate::error::Error;
use crate::kept::Kept;
use crate::sink::{Outlet, Sink};

/// A stream that is given its input.
pub trait Push: Send {
    /// What `close` ends.
    const CLOSE_ENDS: Ending;
    /// `close` flushes the sink first.
    const CLOSE_FLUSHES: bool;

    fn step(&mut self, room: &mut Room<'_>, src: &[u8], ending: Ending) -> Result<Pushed, Error>;
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

pub struct Writer<P> {
    /// None when closed.
    open: Option<Open<P>>,
    delivered: u64,
}

struct Open<P> {
    push: P,
    outlet: Outlet,
    /// Input that the writer has accepted, and that has not been taken in because the sink failed.
    queue: Option<Kept>,
    unfinished: Option<Unfinished>,
}

/// What a call was about that could not complete it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Operation {
    Flush(Ending),
    Close,
}

#[derive(Clone, Copy)]
struct Unfinished {
    operation: Operation,
    /// Everything has been given to the sink, but has not been flushed by it.
    sent: bool,
}

impl<P: Push> Writer<P> {
    pub fn new(push: P, sink: Box<dyn Sink>, write_size: usize) -> Result<Writer<P>, Error> {
        let outlet = Outlet::new(sink, write_size)?;
        Ok(Writer { open: Some(Open { push, outlet, queue: None, unfinished: None }), delivered: 0 })
    }

    pub fn is_closed(&self) -> bool {
        self.open.is_none()
    }

    /// None when closed.
    pub fn push(&self) -> Option<&P> {
        self.open.as_ref().map(|open| &open.push)
    }

    /// Bytes that the sink has taken, over all frames.
    pub fn delivered(&self) -> u64 {
        self.open.as_ref().map_or(self.delivered, |open| open.outlet.delivered())
    }

    /// Takes `src` in, and gives the sink what has become ready. Returns how much of `src` was taken in: all of it, unless
    /// the sink would block.
    pub fn write(&mut self, src: &[u8]) -> Result<usize, Error> {
        let open = self.open.as_mut().ok_or(Error::Closed)?;
        let (used, outcome) = match open.settle() {
            Ok(()) => open.run(src, Ending::Nothing),
            Err(error) => (0, Err(error)),
        };
        match outcome {
            Ok(()) => Ok(used),
            Err(Error::WouldBlock { .. }) if used > 0 => Ok(used),
            Err(error) if error.is_of_sink() => {
                open.enqueue(&src[used..])?;
                Err(error)
            }
            Err(error) => Err(error),
        }
    }

    /// Gives the sink everything that was written so far, and flushes it.
    pub fn flush(&mut self, ending: Ending) -> Result<(), Error> {
        let open = self.open.as_mut().ok_or(Error::Closed)?;
        open.end(Operation::Flush(ending))?;
        open.outlet.flush_sink()?;
        open.unfinished = None;
        Ok(())
    }

    /// Ends the stream and closes the sink. Leaves it open only when the sink would block.
    pub fn close(&mut self) -> Result<(), Error> {
        let Some(open) = &mut self.open else {
            return Ok(());
        };
        let outcome = open.close();
        if !matches!(outcome, Err(Error::WouldBlock { .. })) {
            self.delivered = open.outlet.delivered();
            self.open = None;
        }
        outcome
    }
}

impl<P: Push> Open<P> {
    fn close(&mut self) -> Result<(), Error> {
        self.end(Operation::Close)?;
        if P::CLOSE_FLUSHES {
            self.outlet.flush_sink()?;
        }
        self.push.check_end()?;
        self.outlet.close_sink()
    }

    /// Gives the sink everything that `operation` is about. When it was begun before, goes on with that.
    fn end(&mut self, operation: Operation) -> Result<(), Error> {
        let begun = self.unfinished.filter(|unfinished| unfinished.operation == operation);
        if begun.is_some_and(|unfinished| unfinished.sent) {
            return Ok(());
        }
        self.settle()?;
        if begun.is_none() {
            self.complete(operation)?;
        }
        self.unfinished = Some(Unfinished { operation, sent: true });
        Ok(())
    }

    /// Completes what earlier calls have left.
    fn settle(&mut self) -> Result<(), Error> {
        self.outlet.send()?;
        if let Some(mut queue) = self.queue.take() {
            let (used, outcome) = self.run(queue.rest(), Ending::Nothing);
            if let Err(error) = outcome {
                if error.is_of_sink() || matches!(error, Error::WouldBlock { .. }) {
                    queue.take(used);
                    self.queue = Some(queue);
                }
                return Err(error);
            }
        }
        if let Some(Unfinished { operation, sent: false }) = self.unfinished {
            self.complete(operation)?;
        }
        self.unfinished = None;
        Ok(())
    }

    fn complete(&mut self, operation: Operation) -> Result<(), Error> {
        self.unfinished = Some(Unfinished { operation, sent: false });
        let ending = match operation {
            Operation::Flush(ending) => ending,
            Operation::Close => P::CLOSE_ENDS,
        };
        self.run(&[], ending).1
    }

    /// Takes `src` in and gives the sink what becomes ready; returns how much of `src` was taken in.
    fn run(&mut self, src: &[u8], ending: Ending) -> (usize, Result<(), Error>) {
        let mut used = 0;
        let mut complete = false;
        while !complete {
            let stepped = self.outlet.fill(|room| {
                let step = self.push.step(room, &src[used..], ending)?;
                used += step.consumed;
                complete = step.complete && used == src.len();
                Ok(())
            });
            if complete || stepped.is_err() || self.outlet.is_full() {
                // What was made before something failed is given out.
                if let Err(error) = self.outlet.send() {
                    return (used, Err(error));
                }
            }
            if let Err(error) = stepped {
                return (used, Err(error));
            }
        }
        (used, Ok(()))
    }

    fn enqueue(&mut self, src: &[u8]) -> Result<(), Error> {
        let outcome = match &mut self.queue {
            Some(queue) => queue.append(src),
            None => Output::copy_of(src).map(|copy| self.queue = Some(Kept::new(copy))),
        };
        // The input is lost, so the stream is.
        outcome.map_err(|error| self.push.fail(error))
    }
}
