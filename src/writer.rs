//! `zst_compression_writer`, `zst_decompression_writer`: streams that are written to, and that write to a sink
//! themselves.
//!
//! Nothing is lost when the sink fails: what it was offered, input that was not taken in, a flush that was not
//! completed stay here, and go out first with the next call. What comes out is what a sink that never fails would have
//! got.

use crate::engine::{Ending, OutOfMemory, Output};
use crate::error::Error;
use crate::kept::Kept;
use crate::push::Push;
use crate::sink::{Outlet, Sink};
use std::collections::VecDeque;

pub struct Writer<P> {
    /// None when closed.
    open: Option<Open<P>>,
    delivered: u64,
    at_end: bool,
}

struct Open<P> {
    push: P,
    outlet: Outlet,
    /// What calls have left to be done, in their order.
    pending: VecDeque<Pending>,
    /// What was ended last: a call that could not be completed has nothing more to make, only to give it to the sink.
    ended: Option<Operation>,
    /// The stream has failed when the sink had failed too, which came first.
    untold: bool,
}

enum Pending {
    /// Input that the writer has accepted, and that has not been taken in because the sink failed.
    Input(Kept),
    End(Operation),
}

/// What ends a part of the input.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Operation {
    Flush(Ending),
    Close,
}

impl<P: Push> Writer<P> {
    pub fn new(push: P, sink: Box<dyn Sink>, write_size: usize) -> Result<Writer<P>, Error> {
        let outlet = Outlet::new(sink, write_size)?;
        Ok(Writer { open: Some(Open::new(push, outlet)), delivered: 0, at_end: true })
    }

    pub fn is_closed(&self) -> bool {
        self.open.is_none()
    }

    /// None when closed.
    pub fn push(&self) -> Option<&P> {
        self.open.as_ref().map(|open| &open.push)
    }

    /// Whether everything that was written is complete.
    pub fn at_end(&self) -> bool {
        self.open.as_ref().map_or(self.at_end, Open::at_end)
    }

    /// Bytes that the sink has taken, over all frames.
    pub fn delivered(&self) -> u64 {
        self.open.as_ref().map_or(self.delivered, |open| open.outlet.delivered())
    }

    /// Takes `src` in, and gives the sink what has become ready. Returns how much of `src` was taken in: all of it,
    /// unless the sink would block.
    pub fn write(&mut self, src: &[u8]) -> Result<usize, Error> {
        let open = self.open.as_mut().ok_or(Error::Closed)?;
        let (used, outcome) = open.write(src);
        match outcome {
            Err(error @ Error::WouldBlock { .. }) if used == 0 => return Err(error),
            Err(error) if error.is_of_sink() => {
                open.enqueue(&src[used..])?;
                return Err(error);
            }
            Ok(()) | Err(Error::WouldBlock { .. }) => {}
            Err(error) => return Err(error),
        }
        Ok(used)
    }

    /// Gives the sink everything that was written so far, and flushes it.
    pub fn flush(&mut self, ending: Ending) -> Result<(), Error> {
        let open = self.open.as_mut().ok_or(Error::Closed)?;
        open.end(Operation::Flush(ending))?;
        open.outlet.flush_sink()?;
        open.ended = None;
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
            self.at_end = open.at_end();
            self.open = None;
        }
        outcome
    }
}

impl<P: Push> Open<P> {
    fn new(push: P, outlet: Outlet) -> Open<P> {
        Open { push, outlet, pending: VecDeque::new(), ended: None, untold: false }
    }

    fn close(&mut self) -> Result<(), Error> {
        self.end(Operation::Close)?;
        if P::CLOSE_FLUSHES {
            self.outlet.flush_sink()?;
        }
        self.push.check_end()?;
        self.outlet.close_sink()
    }

    fn at_end(&self) -> bool {
        let waits = |pending: &Pending| matches!(pending, Pending::Input(input) if !input.rest().is_empty());
        self.push.at_end() && !self.pending.iter().any(waits)
    }

    /// Takes `src` in after what earlier calls have left; returns how much of it was taken in.
    fn write(&mut self, src: &[u8]) -> (usize, Result<(), Error>) {
        if let Err(error) = self.settle().and_then(|()| self.push.check()) {
            return (0, Err(error));
        }
        self.ended = None;
        let (used, made) = self.make(src, Ending::Nothing);
        (used, made.and_then(|()| self.outlet.send()))
    }

    /// Gives the sink everything up to this end. When the last call was about the same, goes on with that.
    fn end(&mut self, operation: Operation) -> Result<(), Error> {
        let left = self.pending.back().is_some_and(|last| matches!(last, Pending::End(last) if *last == operation));
        if !left && self.ended != Some(operation) {
            self.leave(Pending::End(operation))?;
        }
        self.settle()
    }

    /// Does what calls have left, and gives the sink everything that was made.
    fn settle(&mut self) -> Result<(), Error> {
        loop {
            self.outlet.send()?;
            if std::mem::take(&mut self.untold) {
                self.push.check()?;
            }
            let Some(mut first) = self.pending.pop_front() else {
                return Ok(());
            };
            let (used, made) = match &first {
                Pending::Input(input) => self.make(input.rest(), Ending::Nothing),
                Pending::End(Operation::Flush(ending)) => self.make(&[], *ending),
                Pending::End(Operation::Close) => self.make(&[], P::CLOSE_ENDS),
            };
            match (&mut first, &made) {
                (Pending::End(operation), Ok(())) if self.pending.is_empty() => self.ended = Some(*operation),
                (Pending::Input(input), Err(_)) => input.take(used),
                _ => {}
            }
            if let Err(error) = made {
                self.pending.push_front(first);
                self.forget_what_cannot_be_done();
                return Err(error);
            }
        }
    }

    /// Takes `src` in and makes of it what becomes ready; returns how much of `src` was taken in. The last piece is
    /// still to be sent.
    fn make(&mut self, src: &[u8], ending: Ending) -> (usize, Result<(), Error>) {
        let mut used = 0;
        loop {
            let mut complete = false;
            let stepped = self.outlet.fill(|room| {
                let step = self.push.step(room, &src[used..], ending)?;
                used += step.consumed;
                complete = step.complete && used == src.len();
                Ok(())
            });
            if complete {
                return (used, Ok(()));
            }
            // What was made before something failed is given out.
            if (stepped.is_err() || self.outlet.is_full())
                && let Err(error) = self.outlet.send()
            {
                self.untold = stepped.is_err();
                return (used, Err(error));
            }
            if let Err(error) = stepped {
                return (used, Err(error));
            }
        }
    }

    /// Keeps input for later.
    fn enqueue(&mut self, src: &[u8]) -> Result<(), Error> {
        if src.is_empty() {
            return Ok(());
        }
        let outcome = Output::copy_of(src).and_then(|copy| self.leave(Pending::Input(Kept::new(copy))));
        self.forget_what_cannot_be_done();
        // The input is lost, so the stream is.
        outcome.map_err(|error| self.push.fail(error))
    }

    fn leave(&mut self, pending: Pending) -> Result<(), OutOfMemory> {
        let refused = |_| OutOfMemory { bytes: size_of::<Pending>() as u64 };
        self.pending.try_reserve(1).map_err(refused)?;
        self.pending.push_back(pending);
        self.ended = None;
        Ok(())
    }

    fn forget_what_cannot_be_done(&mut self) {
        if self.push.check().is_err() {
            self.pending.clear();
        }
    }
}
