//! `zst_decompressor`: settings and limits, and contexts to decompress with.
//!
//! One-shot decompression looks before it leaps: a `Plan` knows the end of each frame and the most that it can hold;
//! then memory is reserved once, and libzstd decodes straight into it.

use crate::decompression_context::{DecompressionContext, SCRATCH};
use crate::decompression_parameters::{DecompressionParameters, Dictionaries};
use crate::decompression_plan::{Plan, Request};
use crate::engine::{
    Code, DCtx, DDict, FrameHeader, FrameKind, Header, OutOfMemory, Output, Room, Shared, frame_header, reserved,
};
use crate::error::{Broken, ChunkFault, Error};
use crate::frame::Frame;
use crate::pool::{Configured, Context, Pool};
use std::mem::MaybeUninit;

const DOING: &str = "decompression error";

/// Content of unknown size is decoded in one piece, into as much memory as it may need, if that is not more than this
/// or than so many times the input. (Pages that are not written to cost nothing.) Beyond that the result grows.
const ONE_PIECE: u64 = 16 << 20;
const ONE_PIECE_RATIO: u64 = 64;
/// The first size of a result that grows.
const FIRST_PIECE: u64 = 1 << 20;

/// libzstd is faster with some room behind the content. Much more would be worse: it would put literals there, which it
/// keeps in its own memory otherwise, which is in the cache.
const MARGIN: usize = 64;
/// Without that room, content of this size is faster decoded elsewhere and copied.
const SMALL: usize = 2 << 10;

pub struct Decompressor {
    parameters: DecompressionParameters,
    /// By the ids of their frames; the first is also for frames without an id.
    dictionaries: Vec<Shared<DDict>>,
    pool: Pool<DecompressionContext>,
}

/// Frees the contexts that no decompressor is using.
pub fn free_idle_contexts() {
    DecompressionContext::idle().clear();
}

impl Decompressor {
    pub fn new(parameters: DecompressionParameters, dictionaries: &Dictionaries) -> Result<Decompressor, Error> {
        let mut ddicts = reserved(dictionaries.iter().len())?;
        for dictionary in dictionaries.iter().filter(|dictionary| !dictionary.as_bytes().is_empty()) {
            ddicts.push(dictionary.ddict()?);
        }
        Ok(Decompressor { parameters, dictionaries: ddicts, pool: Pool::new(false) })
    }

    /// Decompresses `src` into memory of the right size; also returns how many bytes of `src` were used.
    pub fn decompress(&self, src: &[u8], request: Request) -> Result<(Output, usize), Error> {
        let plan = Plan::new(src, request, &self.parameters)?;
        let content = self.with_context(|context| {
            if plan.exact {
                return self.decode_at_once(&mut context.dctx, src, &plan);
            }
            if plan.capacity() <= SCRATCH as u64 {
                return self.decode_and_copy(context, src, &plan);
            }
            if plan.capacity() <= ONE_PIECE.max(ONE_PIECE_RATIO * src.len() as u64) {
                match self.decode_at_once(&mut context.dctx, src, &plan) {
                    // So much memory for what may be a small result; try with less.
                    Err(Error::OutOfMemory(_)) => {}
                    result => return result,
                }
            }
            self.decode_growing(&mut context.dctx, src, &plan)
        })?;
        Ok((content, plan.end))
    }

    /// Decompresses `src` to the start of `dst`; returns the content and how many bytes of `src` were used.
    pub fn decompress_into<'a>(
        &self,
        dst: &'a mut [MaybeUninit<u8>],
        src: &[u8],
        request: Request,
    ) -> Result<(&'a mut [u8], usize), Error> {
        let have = dst.len() as u64;
        let mut plan = Plan::new(src, request, &self.parameters)?;
        let needed = plan.capacity();
        let too_small = Error::BufferTooSmall { doing: DOING, needed, have };
        if plan.exact && needed > have {
            return Err(too_small);
        }
        plan.limit = plan.limit.min(have);
        let content = self.with_context(|context| {
            let mut room = Room::new(dst);
            self.decode_frames(&mut context.dctx, src, &plan, &mut room)?;
            Ok(room.finish())
        });
        match content {
            Err(Error::OutputLimit { .. }) if needed > have => Err(too_small),
            Err(error) => Err(error),
            Ok(content) => Ok((content, plan.end)),
        }
    }

    /// Decompresses the first frame in `src`, which must have so much content, behind what `room` holds.
    pub fn decompress_exactly(
        &self,
        context: &mut DecompressionContext,
        src: &[u8],
        expected: u64,
        room: &mut Room<'_>,
    ) -> Result<(), Error> {
        let before = room.len() as u64;
        let mut plan = Plan::new(src, Request::default(), &self.parameters)?;
        let at = plan.start() as u64;
        let wrong_size = |produced| Error::WrongSize { doing: DOING, produced, recorded: expected, at };
        if plan.exact && plan.bound != expected {
            return Err(wrong_size(plan.bound));
        }
        plan.limit = before + expected;
        match self.decode_frames(&mut context.dctx, src, &plan, room) {
            Err(Error::OutputLimit { .. }) => Err(Error::Frame { doing: DOING, code: Code::DST_SIZE_TOO_SMALL, at }),
            Err(error) => Err(error),
            Ok(()) if room.len() as u64 - before != expected => Err(wrong_size(room.len() as u64 - before)),
            Ok(()) => Ok(()),
        }
    }

    /// Decompresses frames of which each was compressed with the content of the one before as its prefix dictionary;
    /// returns the content of the last. The decompressor's own dictionaries are not used.
    pub fn decompress_content_dict_chain<'s>(
        &self,
        frames: impl ExactSizeIterator<Item = &'s [u8]>,
    ) -> Result<Output, Error> {
        if frames.len() == 0 {
            return Err(Error::Chunk { index: 0, fault: ChunkFault::EmptyChain });
        }
        self.with_context(|context| {
            let mut content = Output::with_capacity(0)?;
            for (index, chunk) in frames.enumerate() {
                let (frame, size) = self.check_chunk(chunk).map_err(|fault| Error::Chunk { index, fault })?;
                let prefix = std::mem::replace(&mut content, Output::with_capacity(size)?);
                let dctx = &mut context.dctx;
                let decoded =
                    content.fill(|spare| dctx.decompress_with_prefix(&mut spare[..size], frame, prefix.as_slice()));
                match decoded {
                    Ok(produced) if produced == size => {}
                    Ok(_) => {
                        return Err(Error::Chunk { index, fault: ChunkFault::Incomplete });
                    }
                    Err(code) => {
                        return Err(Error::Chunk { index, fault: ChunkFault::Zstd(code) });
                    }
                }
            }
            Ok(content)
        })
    }

    /// Bytes used by the context of the operation that was started last; before any, by a fresh one.
    pub fn memory_size(&self) -> Result<usize, Error> {
        self.pool.memory_size()
    }

    fn with_context<R>(
        &self,
        operation: impl FnOnce(&mut DecompressionContext) -> Result<R, Error>,
    ) -> Result<R, Error> {
        // The settings never change, so there is only one version of them.
        self.pool.run(0, |context| context.configure(&self.parameters), |context, _| operation(context))
    }

    /// Into memory of the size that is recorded, or that may be needed at most.
    fn decode_at_once(&self, dctx: &mut DCtx, src: &[u8], plan: &Plan) -> Result<Output, Error> {
        let capacity = size_in_memory(plan.capacity())?;
        // Blocks are full as a rule. Where that would be a wonder, four times the input is a fair guess.
        let wonder = capacity / 16 > src.len();
        let likely = if !plan.exact && wonder { src.len().saturating_mul(4) } else { capacity };
        let mut output = Output::with_likely_size(capacity, likely)?;
        self.decode_behind(dctx, src, plan, &mut output)?;
        output.shrink();
        Ok(output)
    }

    /// For small content of unknown size.
    fn decode_and_copy(&self, context: &mut DecompressionContext, src: &[u8], plan: &Plan) -> Result<Output, Error> {
        let (dctx, scratch) = context.scratch()?;
        self.decode_behind(dctx, src, plan, scratch)?;
        Ok(Output::copy_of(scratch.as_slice())?)
    }

    fn decode_behind(&self, dctx: &mut DCtx, src: &[u8], plan: &Plan, output: &mut Output) -> Result<(), Error> {
        output.fill(|spare| {
            let mut room = Room::new(spare);
            self.decode_frames(dctx, src, plan, &mut room)?;
            Ok::<_, Error>(room.finish())
        })?;
        Ok(())
    }

    /// For content of unknown size that may be far more than it looks like.
    fn decode_growing(&self, dctx: &mut DCtx, src: &[u8], plan: &Plan) -> Result<Output, Error> {
        let mut output = Output::with_capacity(size_in_memory(FIRST_PIECE.min(plan.capacity()))?)?;
        plan.each_frame(src, |bytes, frame| {
            if let Some(recorded) = frame.content_size() {
                make_room(&mut output, plan, recorded)?;
                output.fill(|spare| {
                    let mut room = Room::new(spare);
                    self.decode_frame(dctx, bytes, frame, &mut room, u64::MAX)?;
                    Ok::<_, Error>(room.finish())
                })?;
                return Ok(());
            }
            self.check_window(frame)?;
            self.check_blocks(frame)?;
            let ddict = self.dictionary_for(&frame.header, DOING)?.map(|ddict| &**ddict);
            let decoded = dctx.decompress_in_steps(&mut output, bytes, ddict, |output| {
                make_room(output, plan, 1).map_err(Halt::Refused)
            });
            decoded.map_err(|halt| match halt {
                Halt::Refused(error) => error,
                Halt::Code(code) => self.failure(DOING, code),
            })
        })?;
        output.shrink();
        Ok(output)
    }

    fn decode_frames(&self, dctx: &mut DCtx, src: &[u8], plan: &Plan, room: &mut Room<'_>) -> Result<(), Error> {
        plan.each_frame(src, |bytes, frame| self.decode_frame(dctx, bytes, frame, room, plan.limit))
    }

    /// Decodes one frame in one piece. `limit` is for all that `room` will hold.
    fn decode_frame(
        &self,
        dctx: &mut DCtx,
        bytes: &[u8],
        frame: &Frame,
        room: &mut Room<'_>,
        limit: u64,
    ) -> Result<(), Error> {
        let ddict = self.dictionary_for(&frame.header, DOING)?.map(|ddict| &**ddict);
        let allowed = (limit - room.len() as u64).min(room.left() as u64);
        self.check_blocks(frame)?;
        match frame.content_size() {
            Some(recorded) if recorded > allowed => {
                Err(Error::OutputLimit { limit, needed: Some(recorded.saturating_add(room.len() as u64)) })
            }
            Some(recorded) => match decode_sized(dctx, bytes, ddict, recorded as usize, room) {
                Ok(produced) if produced as u64 == recorded => Ok(()),
                Ok(produced) => Err(Error::WrongSize { doing: DOING, produced: produced as u64, recorded, at: 0 }),
                Err(code) => Err(self.failure(DOING, corrupted_if_too_small(code))),
            },
            None => {
                self.check_window(frame)?;
                // libzstd alone would let a block hold more than the format allows.
                let most = allowed.min(frame.content_bound);
                match room.fill(most as usize, |spare| dctx.decompress(spare, bytes, ddict)) {
                    Ok(_) => Ok(()),
                    Err(Code::DST_SIZE_TOO_SMALL) if allowed < frame.content_bound => {
                        Err(Error::OutputLimit { limit, needed: None })
                    }
                    Err(code) => Err(self.failure(DOING, corrupted_if_too_small(code))),
                }
            }
        }
    }

    /// A window is needed only where the size is unknown. libzstd would not check it when it decodes in one piece, but
    /// the answer shall not depend on how we decode.
    fn check_window(&self, frame: &Frame) -> Result<(), Error> {
        let limit = self.parameters.max_window_size;
        let window = frame.header.window_size;
        if window > limit {
            return Err(Error::WindowLimit { doing: DOING, window, limit, at: 0 });
        }
        Ok(())
    }

    /// libzstd applies the limit to compressed blocks only when it decodes in one piece.
    fn check_blocks(&self, frame: &Frame) -> Result<(), Error> {
        match self.parameters.max_block_size {
            Some(limit) if frame.largest_plain_block > limit => {
                Err(Error::Frame { doing: DOING, code: Code::CORRUPTION_DETECTED, at: 0 })
            }
            Some(_) | None => Ok(()),
        }
    }

    /// The dictionary for a frame. `doing` begins the text of an error.
    pub fn dictionary_for(&self, header: &FrameHeader, doing: &'static str) -> Result<Option<&Shared<DDict>>, Error> {
        let wanted = header.dict_id;
        if wanted == 0 {
            return Ok(self.dictionaries.first());
        }
        match self.dictionaries.iter().find(|ddict| ddict.id() == wanted) {
            Some(ddict) => Ok(Some(ddict)),
            None => {
                let first = self.dictionaries.first().map_or(0, |ddict| ddict.id());
                Err(Error::DictionaryMissing { doing, wanted, given: self.dictionaries.len(), first, at: 0 })
            }
        }
    }

    /// What libzstd says about a frame, and what it cannot know.
    pub fn failure(&self, doing: &'static str, code: Code) -> Error {
        match code {
            Code::DICTIONARY_CORRUPTED if self.dictionaries.is_empty() => {
                Error::DictionaryNeeded { doing, code, at: 0 }
            }
            code => Error::Frame { doing, code, at: 0 },
        }
    }

    pub fn parameters(&self) -> &DecompressionParameters {
        &self.parameters
    }

    /// A context for an operation of many calls.
    pub fn lease(&self) -> Result<Box<Configured<DecompressionContext>>, Error> {
        self.pool.lease(0, |context| context.configure(&self.parameters))
    }

    pub fn pool(&self) -> &Pool<DecompressionContext> {
        &self.pool
    }

    /// The frame of one chunk of a chain, without what follows it, and the size of its content.
    fn check_chunk<'c>(&self, chunk: &'c [u8]) -> Result<(&'c [u8], usize), ChunkFault> {
        // What the header says comes first: its size must be known before anything is said of the blocks.
        let header = match frame_header(chunk, self.parameters.format) {
            Ok(Header::Complete(header)) if header.kind == FrameKind::Zstd => header,
            Ok(Header::Complete(_)) | Err(_) => return Err(ChunkFault::NotAFrame),
            Ok(Header::Cut { .. }) => return Err(ChunkFault::TooSmall),
        };
        let recorded = header.content_size.ok_or(ChunkFault::NoContentSize)?;
        let size = isize::try_from(recorded).map_err(|_| ChunkFault::TooLarge)? as usize;
        let frame = Frame::first(chunk, self.parameters.format).map_err(|broken| match broken {
            Broken::ImpossibleSize { claimed, possible } => ChunkFault::ImpossibleSize { claimed, possible },
            Broken::Corrupted => ChunkFault::Zstd(Code::CORRUPTION_DETECTED),
            Broken::Cut | Broken::SkippableCut { .. } => ChunkFault::Incomplete,
            Broken::Empty | Broken::HeaderCut { .. } | Broken::NotAFrame(_) => ChunkFault::NotAFrame,
        })?;
        match self.parameters.max_output_size {
            Some(limit) if recorded > limit => Err(ChunkFault::OutputLimit { limit, needed: recorded }),
            Some(_) | None => Ok((&chunk[..frame.compressed_size], size)),
        }
    }
}

/// Decodes a frame with so much content, for which there is room, behind what `room` holds; returns how much it was.
fn decode_sized(
    dctx: &mut DCtx,
    bytes: &[u8],
    ddict: Option<&DDict>,
    size: usize,
    room: &mut Room<'_>,
) -> Result<usize, Code> {
    let wanted = size + MARGIN;
    if size > SMALL || wanted <= room.left() {
        return room.fill(wanted, |spare| dctx.decompress(spare, bytes, ddict));
    }
    let mut elsewhere = [MaybeUninit::uninit(); SMALL + MARGIN];
    let content = dctx.decompress(&mut elsewhere[..wanted], bytes, ddict)?;
    if content.len() <= size {
        room.append(content);
    }
    Ok(content.len())
}

/// Where there was room for all that a frame can hold, the frame is at fault.
fn corrupted_if_too_small(code: Code) -> Code {
    if code == Code::DST_SIZE_TOO_SMALL { Code::CORRUPTION_DETECTED } else { code }
}

/// Sees to it that `more` bytes fit behind what `output` holds; grows it by half at least, so that it grows rarely.
fn make_room(output: &mut Output, plan: &Plan, more: u64) -> Result<(), Error> {
    let wanted = more.saturating_add(output.len() as u64);
    if wanted > plan.limit {
        return Err(Error::OutputLimit { limit: plan.limit, needed: None });
    }
    let capacity = output.capacity() as u64;
    if wanted > capacity {
        output.grow_to(size_in_memory((capacity + capacity / 2).min(plan.capacity()).max(wanted))?)?;
    }
    Ok(())
}

fn size_in_memory(size: u64) -> Result<usize, OutOfMemory> {
    usize::try_from(size).map_err(|_| OutOfMemory { bytes: size })
}

/// Why decoding in steps has stopped.
enum Halt {
    Code(Code),
    Refused(Error),
}

impl From<Code> for Halt {
    fn from(code: Code) -> Halt {
        Halt::Code(code)
    }
}
