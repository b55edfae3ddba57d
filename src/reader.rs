//! `zst_compression_reader`, `zst_decompression_reader`: streams that are read from, and that read a source themselves.

use crate::decompression_pull::DecompressionPull;
use crate::engine::{Output, Room};
use crate::error::{Error, SeekFault};
use crate::kept::Kept;
use crate::pull::{Pull, Pulled};
use std::mem::MaybeUninit;

/// How much a read returns at least.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Least {
    /// `read`, `readinto`: what was asked for.
    All,
    /// `read1`, `readinto1`: anything.
    Any,
}

pub struct Reader<P> {
    /// None when closed.
    pull: Option<P>,
    /// Output of a read that failed, though not by its own fault. It comes first in the next.
    kept: Option<Kept>,
    position: u64,
}

/// So much is reserved at once for a read that returns memory of its own; pages that are not written to cost nothing.
const ONE_PIECE: usize = 16 << 20;
/// Content that `seek` passes over is decoded into this.
const SCRATCH: usize = 32 << 10;

impl<P: Pull> Reader<P> {
    pub fn new(pull: P) -> Reader<P> {
        Reader { pull: Some(pull), kept: None, position: 0 }
    }

    /// None when closed.
    pub fn pull(&self) -> Option<&P> {
        self.pull.as_ref()
    }

    /// Bytes given out.
    pub fn position(&self) -> u64 {
        self.position
    }

    /// Drops the stream and its source.
    pub fn close(&mut self) {
        self.kept = None;
        self.pull = None;
    }

    /// Reads to the start of `dst`; returns the number of bytes. 0 is the end, or an empty `dst`.
    pub fn read_into(&mut self, dst: &mut [MaybeUninit<u8>], least: Least) -> Result<usize, Error> {
        let mut room = Room::new(dst);
        let outcome = self.fill(&mut room, least);
        let got = room.finish();
        if let Err(error) = outcome {
            if got.is_empty() || !error.leaves_output() {
                return Err(error);
            }
            // Without memory to keep it, the output is given out now; the source is going to fail again, or not.
            if !matches!(error, Error::WouldBlock { .. })
                && let Ok(kept) = Output::copy_of(got)
            {
                self.kept = Some(Kept::new(kept));
                return Err(error);
            }
        }
        self.position += got.len() as u64;
        Ok(got.len())
    }

    /// Reads into memory of its own, `size` bytes at most.
    pub fn read(&mut self, size: usize, least: Least) -> Result<Output, Error> {
        // All that is kept fits, so that it is not kept a second time.
        let kept = self.kept.as_ref().map_or(0, |kept| kept.rest().len());
        let mut output = Output::with_capacity(size.min(ONE_PIECE.max(kept)))?;
        if size == 0 && self.pull.is_some() {
            return Ok(output);
        }
        loop {
            let mut pulled = Pulled::More;
            let outcome = output.extend(|room| {
                pulled = self.fill(room, least)?;
                Ok(())
            });
            if let Err(error) = outcome {
                return self.after(error, output);
            }
            if output.len() == size || pulled != Pulled::More || least == Least::Any {
                return Ok(self.deliver(output));
            }
            if let Err(error) = output.grow_to(output.capacity().saturating_mul(2).min(size)) {
                return self.after(error.into(), output);
            }
        }
    }

    /// Reads everything that is still to come, over all frames.
    pub fn read_all(&mut self) -> Result<Output, Error> {
        let pull = self.pull.as_mut().ok_or(Error::Closed)?;
        let mut output = match self.kept.take() {
            Some(kept) => kept.into_rest(),
            None => Output::with_capacity(0)?,
        };
        match pull.pull_all(&mut output) {
            Ok(()) => Ok(self.deliver(output)),
            Err(error) => self.after(error, output),
        }
    }

    /// Takes back the end of what was given out, in front of what comes next.
    pub fn unread(&mut self, bytes: &[u8]) -> Result<(), Error> {
        if self.pull.is_none() {
            return Err(Error::Closed);
        }
        let size = bytes.len() as u64;
        let position = self.position.checked_sub(size).ok_or(Error::Unread { size, position: self.position })?;
        let kept = self.kept.as_ref().map_or(&[][..], Kept::rest);
        let mut output = Output::with_capacity(bytes.len().saturating_add(kept.len()))?;
        output.append(bytes);
        output.append(kept);
        self.kept = Some(Kept::new(output));
        self.position = position;
        Ok(())
    }

    fn fill(&mut self, room: &mut Room<'_>, least: Least) -> Result<Pulled, Error> {
        let pull = self.pull.as_mut().ok_or(Error::Closed)?;
        if let Some(kept) = &mut self.kept {
            let fits = kept.rest().len().min(room.left());
            room.append(&kept.rest()[..fits]);
            kept.take(fits);
            if kept.rest().is_empty() {
                self.kept = None;
            }
        }
        let all = room.len() + room.left();
        pull.pull(room, if least == Least::All { all } else { all.min(1) })
    }

    /// What becomes of a read that failed after `output`.
    fn after(&mut self, error: Error, output: Output) -> Result<Output, Error> {
        if output.is_empty() || !error.leaves_output() {
            return Err(error);
        }
        if matches!(error, Error::WouldBlock { .. }) {
            return Ok(self.deliver(output));
        }
        self.kept = Some(Kept::new(output));
        Err(error)
    }

    fn deliver(&mut self, mut output: Output) -> Output {
        self.position += output.len() as u64;
        output.shrink();
        output
    }
}

impl Reader<DecompressionPull> {
    /// Moves forward to `offset` by decoding what lies before it, over frame ends, and no further than the end of the
    /// input; returns the new position.
    pub fn seek(&mut self, offset: i64, from: From) -> Result<u64, Error> {
        if self.pull.is_none() {
            return Err(Error::Closed);
        }
        let target = match (from, u64::try_from(offset)) {
            (From::Start, Ok(target)) => target,
            (From::Current, Ok(offset)) => self.position.saturating_add(offset),
            (From::Start, Err(_)) => return Err(Error::Seek(SeekFault::Negative)),
            (From::Current, Err(_)) => return Err(Error::Seek(SeekFault::Backwards)),
            (From::End, _) => return Err(Error::Seek(SeekFault::FromEnd)),
        };
        if target < self.position {
            return Err(Error::Seek(SeekFault::Backwards));
        }
        let mut scratch = [const { MaybeUninit::uninit() }; SCRATCH];
        while self.position < target {
            let distance = usize::try_from(target - self.position).unwrap_or(SCRATCH).min(SCRATCH);
            if self.read_into(&mut scratch[..distance], Least::Any)? == 0 {
                break;
            }
        }
        Ok(self.position)
    }
}

/// What an offset counts from.
#[derive(Clone, Copy)]
pub enum From {
    Start,
    Current,
    End,
}
