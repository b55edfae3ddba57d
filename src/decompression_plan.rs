//! What a one-shot decompression is going to do, found out before anything is reserved or written.

use crate::decompression_parameters::DecompressionParameters;
use crate::engine::{Format, is_frame};
use crate::error::{Broken, Error};
use crate::frame::{Frame, content_size};

/// What one call wants, beside the decompressor's own parameters.
#[derive(Clone, Copy, Debug, Default)]
pub struct Request {
    /// A limit for the output, if any: for all of it with `read_across_frames`, for a frame that does not record its
    /// size without.
    pub max_output_size: Option<u64>,
    /// Decode all frames, not only the first.
    pub read_across_frames: bool,
    /// Bytes after what was decoded are an error.
    pub refuse_extra_data: bool,
    /// A frame that does not record its size is an error, unless there is a `max_output_size`.
    pub require_content_size: bool,
}

pub struct Plan {
    format: Format,
    /// The end of the last frame that is decoded or passed over.
    pub end: usize,
    /// How many frames have content; if it is one, where it starts and what is known of it.
    frames: usize,
    only: Option<(usize, Frame)>,
    /// The most they can hold together.
    pub bound: u64,
    /// Whether all of them record their size; `bound` is their sum then.
    pub exact: bool,
    /// The most they may hold together.
    pub limit: u64,
}

impl Plan {
    /// Finds the frames that the call wants, and checks everything that can be known without decoding.
    pub fn new(src: &[u8], request: Request, parameters: &DecompressionParameters) -> Result<Plan, Error> {
        let format = parameters.format;
        let mut plan = Plan { format, end: 0, frames: 0, only: None, bound: 0, exact: true, limit: u64::MAX };
        let found = plan.find_frames(src, request.read_across_frames);
        if request.require_content_size && request.max_output_size.is_none() {
            // Also of a frame that is cut or damaged behind its header.
            let broken_without_size = found.is_err() && matches!(content_size(&src[plan.end..], format), Ok(None));
            if !plan.exact || broken_without_size {
                return Err(Error::NoContentSize);
            }
        }
        found?;
        if request.refuse_extra_data && plan.end < src.len() {
            return Err(Error::ExtraData { bytes: (src.len() - plan.end) as u64 });
        }
        if let Some(limit) = parameters.max_output_size {
            plan.limit = limit;
        }
        if let Some(limit) = request.max_output_size
            && (request.read_across_frames || !plan.exact)
        {
            plan.limit = plan.limit.min(limit);
        }
        if plan.exact && plan.bound > plan.limit {
            return Err(Error::OutputLimit { limit: plan.limit, needed: Some(plan.bound) });
        }
        Ok(plan)
    }

    /// Where the frame begins, if it is one.
    pub fn start(&self) -> usize {
        self.only.map_or(0, |(start, _)| start)
    }

    /// The most that there can be to reserve.
    pub fn capacity(&self) -> u64 {
        self.bound.min(self.limit)
    }

    /// Calls `decode` for each frame that has content, with the frame's own bytes.
    pub fn each_frame(
        &self,
        src: &[u8],
        mut decode: impl FnMut(&[u8], &Frame) -> Result<(), Error>,
    ) -> Result<(), Error> {
        if let Some((start, frame)) = &self.only {
            let decoded = decode(&src[*start..start + frame.compressed_size], frame);
            return decoded.map_err(|error| error.in_frame_at(*start as u64));
        }
        let mut rest = &src[..self.end];
        while !rest.is_empty() {
            let frame = Frame::first(rest, self.format).map_err(|broken| self.broken(broken, rest))?;
            let (bytes, behind) = rest.split_at(frame.compressed_size);
            if !frame.is_skippable() {
                decode(bytes, &frame).map_err(|error| error.in_frame_at((self.end - rest.len()) as u64))?;
            }
            rest = behind;
        }
        Ok(())
    }

    fn broken(&self, broken: Broken, rest: &[u8]) -> Error {
        Error::BrokenFrame { while_decompressing: true, broken, at: self.end, have: rest.len() }
    }

    fn find_frames(&mut self, src: &[u8], across_frames: bool) -> Result<(), Error> {
        loop {
            let rest = &src[self.end..];
            let frame = Frame::first(rest, self.format).map_err(|broken| match broken {
                // A frame has begun, so this is no longer a question of whether there is one.
                Broken::HeaderCut { .. } if self.frames > 0 => self.broken(Broken::Cut, rest),
                broken => self.broken(broken, rest),
            })?;
            if !frame.is_skippable() {
                self.only = if self.frames == 0 { Some((self.end, frame)) } else { None };
                self.frames += 1;
                self.bound = self.bound.saturating_add(frame.content_bound);
                self.exact &= frame.content_size().is_some();
            }
            self.end += frame.compressed_size;

            let rest = &src[self.end..];
            let done = if self.frames == 0 {
                rest.is_empty()
            } else {
                !across_frames || rest.is_empty() || !self.begins_with_frame(rest)
            };
            if done {
                return Ok(());
            }
        }
    }

    /// Whether another frame follows after the first. In the magicless format nothing tells a frame from other bytes.
    fn begins_with_frame(&self, rest: &[u8]) -> bool {
        self.format == Format::Zstd1Magicless || is_frame(rest)
    }
}
