//! `zst_decompressor`: settings and limits, and contexts to decompress with.
//!
//! One-shot decompression looks before it leaps: `Frame::first` finds the end of each frame and the most that it can
//! hold, then memory is reserved once, and libzstd decodes straight into it.

use crate::decompression_parameters::{DecompressionParameters, Dictionaries};
use crate::engine::{Code, DCtx, DDict, Format, OutOfMemory, Output, Room, Shared, frame_header, is_frame};
use crate::engine::{FrameHeader, FrameKind, Header};
use crate::error::{ChunkFault, Error};
use crate::frame::{Broken, Frame};
use crate::pool::{Context, Idle, Pool};
use std::mem::MaybeUninit;

const DOING: &str = "decompression error";

/// Content of unknown size is decoded in one piece, into as much memory as it may need, if that is not more than this
/// or than so many times the input. (Pages that are not written to cost nothing.) Beyond that the result grows.
const ONE_PIECE: u64 = 64 << 20;
const ONE_PIECE_RATIO: u64 = 64;
/// The first size of a result that grows.
const FIRST_PIECE: u64 = 1 << 20;

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

pub struct Decompressor {
    parameters: DecompressionParameters,
    /// By the ids of their frames; the first is also for frames without an id.
    dictionaries: Vec<Shared<DDict>>,
    pool: Pool<DCtx>,
}

impl Context for DCtx {
    fn create() -> Result<DCtx, Error> {
        DCtx::new().map_err(|_| OutOfMemory { bytes: 0 }.into())
    }

    fn reset(&mut self) {
        DCtx::reset(self);
    }

    fn memory_size(&self) -> usize {
        DCtx::memory_size(self)
    }

    fn idle() -> &'static Idle<DCtx> {
        static IDLE: Idle<DCtx> = Idle::new();
        &IDLE
    }
}

/// Frees the contexts that no decompressor is using.
pub fn free_idle_contexts() {
    DCtx::idle().clear();
}

/// What a call is going to decode.
struct Plan {
    /// The end of the last frame that is decoded or skipped.
    end: usize,
    /// How many frames have content, and the only one if there is one: where it starts, and what is known of it.
    frames: usize,
    only: Option<(usize, Frame)>,
    /// The most they can hold together.
    bound: u64,
    /// Whether all of them record their size; `bound` is their sum then.
    exact: bool,
    /// The most they may hold together.
    limit: u64,
}

impl Plan {
    /// What to reserve.
    fn capacity(&self) -> u64 {
        self.bound.min(self.limit)
    }
}

impl Decompressor {
    pub fn new(parameters: DecompressionParameters, dictionaries: &Dictionaries) -> Result<Decompressor, Error> {
        let mut ddicts = Vec::new();
        ddicts
            .try_reserve_exact(dictionaries.iter().len())
            .map_err(|_| OutOfMemory { bytes: 0 })?;
        for dictionary in dictionaries
            .iter()
            .filter(|dictionary| !dictionary.as_bytes().is_empty())
        {
            ddicts.push(dictionary.ddict()?);
        }
        Ok(Decompressor {
            parameters,
            dictionaries: ddicts,
            pool: Pool::new(true),
        })
    }

    /// Decompresses `src` into memory of the right size; also returns how many bytes of `src` were used.
    pub fn decompress(&self, src: &[u8], request: Request) -> Result<(Output, usize), Error> {
        let plan = self.plan(src, request)?;
        let one_piece = plan.exact || plan.capacity() <= ONE_PIECE.max(ONE_PIECE_RATIO * src.len() as u64);
        let output = match one_piece.then(|| reserve(plan.capacity())) {
            Some(Ok(output)) => self.decompress_at_once(src, &plan, output)?,
            Some(Err(out_of_memory)) if plan.exact => return Err(out_of_memory.into()),
            Some(Err(_)) | None => self.decompress_growing(src, &plan)?,
        };
        Ok((output, plan.end))
    }

    /// Decompresses `src` to the start of `dst`; returns the content and how many bytes of `src` were used.
    pub fn decompress_into<'a>(
        &self,
        dst: &'a mut [MaybeUninit<u8>],
        src: &[u8],
        request: Request,
    ) -> Result<(&'a mut [u8], usize), Error> {
        let have = dst.len() as u64;
        let mut plan = self.plan(src, request)?;
        let too_small = Error::BufferTooSmall {
            doing: DOING,
            needed: plan.capacity(),
            have,
        };
        if plan.exact && plan.bound > have {
            return Err(too_small);
        }
        let dst_is_the_limit = have < plan.capacity();
        plan.limit = plan.limit.min(have);
        let content = self.with_context(|dctx| {
            let mut room = Room::new(dst);
            self.decode_frames(dctx, src, &plan, &mut room)?;
            Ok(room.finish())
        });
        match content {
            Err(Error::OutputLimit { .. }) if dst_is_the_limit => Err(too_small),
            Err(error) => Err(error),
            Ok(content) => Ok((content, plan.end)),
        }
    }

    /// Decompresses frames of which each was compressed with the content of the one before as its prefix dictionary;
    /// returns the content of the last. The decompressor's own dictionaries are not used.
    pub fn decompress_content_dict_chain<'s>(
        &self,
        frames: impl ExactSizeIterator<Item = &'s [u8]>,
    ) -> Result<Output, Error> {
        if frames.len() == 0 {
            return Err(Error::Chunk {
                index: 0,
                fault: ChunkFault::EmptyChain,
            });
        }
        self.with_context(|dctx| {
            let mut prefix = Output::with_capacity(0)?;
            let mut content = Output::with_capacity(0)?;
            for (index, chunk) in frames.enumerate() {
                std::mem::swap(&mut prefix, &mut content);
                self.decode_chunk(dctx, chunk, prefix.as_slice(), &mut content)
                    .map_err(|broken| match broken {
                        BrokenChunk::Fault(fault) => Error::Chunk { index, fault },
                        BrokenChunk::OutOfMemory(error) => error.into(),
                    })?;
            }
            content.shrink();
            Ok(content)
        })
    }

    /// Bytes used by the context of the operation that was started last, or of an idle one.
    pub fn memory_size(&self) -> Result<usize, Error> {
        if self.pool.memory_size() == 0 {
            self.with_context(|_| Ok(()))?;
        }
        Ok(self.pool.memory_size())
    }

    fn with_context<R>(&self, operation: impl FnOnce(&mut DCtx) -> Result<R, Error>) -> Result<R, Error> {
        // The settings never change, so there is only one version of them.
        self.pool.run(0, |dctx| self.configure(dctx), |dctx, _| operation(dctx))
    }

    fn configure(&self, dctx: &mut DCtx) -> Result<(), Error> {
        let parameters = &self.parameters;
        dctx.reset();
        let result = (|| {
            dctx.set_format(parameters.format)?;
            dctx.set_max_window_size(parameters.max_window_size as usize)?;
            dctx.set_ignore_checksum(parameters.ignore_checksum)?;
            dctx.set_disable_huffman_assembly(parameters.disable_huffman_assembly)?;
            dctx.set_max_block_size(parameters.max_block_size.unwrap_or(0) as i32)
        })();
        result.map_err(|code: Code| Error::Zstd {
            doing: "unable to set decompression parameter",
            code,
        })
    }

    /// Finds the frames that the call wants, and checks everything that can be known without decoding.
    fn plan(&self, src: &[u8], request: Request) -> Result<Plan, Error> {
        let mut plan = Plan {
            end: 0,
            frames: 0,
            only: None,
            bound: 0,
            exact: true,
            limit: u64::MAX,
        };
        loop {
            let rest = &src[plan.end..];
            if plan.end > 0 && rest.is_empty() {
                break;
            }
            if plan.frames > 0 && !self.begins_with_frame(rest) {
                break;
            }
            let frame = Frame::first(rest, self.parameters.format).map_err(|broken| match broken {
                // A frame has begun, so this is no longer a question of whether there is one.
                Broken::NoHeader(crate::error::NoHeader::Cut { have, .. }) if plan.frames > 0 => {
                    Error::Truncated { have: have as u64 }
                }
                broken => broken.while_decompressing(rest.len()),
            })?;
            if !frame.is_skippable() {
                plan.only = if plan.frames == 0 {
                    Some((plan.end, frame))
                } else {
                    None
                };
                plan.frames += 1;
                plan.bound = plan.bound.saturating_add(frame.content_bound);
                plan.exact &= frame.content_size().is_some();
            }
            plan.end += frame.compressed_size;
            if !frame.is_skippable() && !request.read_across_frames {
                break;
            }
        }
        if request.refuse_extra_data && plan.end < src.len() {
            return Err(Error::ExtraData {
                bytes: (src.len() - plan.end) as u64,
            });
        }
        if request.require_content_size && !plan.exact && request.max_output_size.is_none() {
            return Err(Error::NoContentSize);
        }
        if let Some(limit) = self.parameters.max_output_size {
            plan.limit = limit;
        }
        if let Some(limit) = request.max_output_size
            && (request.read_across_frames || !plan.exact)
        {
            plan.limit = plan.limit.min(limit);
        }
        if plan.exact && plan.bound > plan.limit {
            return Err(Error::OutputLimit {
                limit: plan.limit,
                needed: Some(plan.bound),
            });
        }
        Ok(plan)
    }

    /// Whether another frame follows after the first. In the magicless format nothing tells a frame from other bytes.
    fn begins_with_frame(&self, rest: &[u8]) -> bool {
        self.parameters.format == Format::Zstd1Magicless || is_frame(rest)
    }

    fn decompress_at_once(&self, src: &[u8], plan: &Plan, mut output: Output) -> Result<Output, Error> {
        self.with_context(|dctx| {
            output.fill(|spare| {
                let mut room = Room::new(spare);
                self.decode_frames(dctx, src, plan, &mut room)?;
                Ok::<_, Error>(room.finish())
            })
        })?;
        if !plan.exact {
            output.shrink();
        }
        Ok(output)
    }

    /// For content of unknown size that may be far more than it looks like.
    fn decompress_growing(&self, src: &[u8], plan: &Plan) -> Result<Output, Error> {
        let mut output = reserve(FIRST_PIECE.min(plan.capacity()))?;
        self.with_context(|dctx| {
            each_frame(src, plan, self.parameters.format, |bytes, frame| {
                self.check_window(frame)?;
                let ddict = self.dictionary_for(&frame.header)?;
                let steps = dctx.decompress_in_steps(&mut output, bytes, ddict, |output| {
                    if output.len() < output.capacity() {
                        return Ok(());
                    }
                    let len = output.len() as u64;
                    if len >= plan.limit {
                        return Err(Halt::Refused(Error::OutputLimit {
                            limit: plan.limit,
                            needed: None,
                        }));
                    }
                    let capacity = len.saturating_mul(2).min(plan.capacity()).max(len + 1);
                    output
                        .grow_to(usize::try_from(capacity).unwrap_or(usize::MAX))
                        .map_err(|e| Halt::Refused(e.into()))
                });
                steps.map_err(|halt| match halt {
                    Halt::Refused(error) => error,
                    Halt::Code(code) => Error::Zstd { doing: DOING, code },
                })
            })
        })?;
        output.shrink();
        Ok(output)
    }

    fn decode_frames(&self, dctx: &mut DCtx, src: &[u8], plan: &Plan, room: &mut Room<'_>) -> Result<(), Error> {
        each_frame(src, plan, self.parameters.format, |bytes, frame| {
            self.decode_frame(dctx, bytes, frame, room, plan.limit)
        })
    }

    /// Decodes one frame in one piece.
    fn decode_frame(
        &self,
        dctx: &mut DCtx,
        bytes: &[u8],
        frame: &Frame,
        room: &mut Room<'_>,
        limit: u64,
    ) -> Result<(), Error> {
        let ddict = self.dictionary_for(&frame.header)?;
        let Some(recorded) = frame.content_size() else {
            self.check_window(frame)?;
            let allowed = limit - room.len() as u64;
            let cut_short =
                frame.content_bound.min(room.left() as u64) > allowed || (room.left() as u64) < frame.content_bound;
            let allowed = usize::try_from(allowed).unwrap_or(usize::MAX);
            return match room.fill(allowed, |spare| dctx.decompress(spare, bytes, ddict)) {
                Ok(_) => Ok(()),
                Err(Code::DST_SIZE_TOO_SMALL) if cut_short => Err(Error::OutputLimit { limit, needed: None }),
                Err(code) => Err(Error::Zstd { doing: DOING, code }),
            };
        };
        // Recorded sizes have been added up and found to fit.
        match room.fill(recorded as usize, |spare| dctx.decompress(spare, bytes, ddict)) {
            Ok(produced) if produced as u64 == recorded => Ok(()),
            Ok(produced) => Err(Error::WrongSize {
                produced: produced as u64,
                recorded,
            }),
            Err(code) => Err(Error::Zstd { doing: DOING, code }),
        }
    }

    /// Memory for the window is needed only where the size is unknown: libzstd would not check when it decodes in one
    /// piece, but the answer shall not depend on how we decode.
    fn check_window(&self, frame: &Frame) -> Result<(), Error> {
        let limit = self.parameters.max_window_size;
        let window = frame.header.window_size;
        if frame.content_size().is_none() && window > limit {
            return Err(Error::WindowLimit { window, limit });
        }
        Ok(())
    }

    fn dictionary_for(&self, header: &FrameHeader) -> Result<Option<&DDict>, Error> {
        let wanted = header.dict_id;
        if wanted == 0 {
            return Ok(self.dictionaries.first().map(|ddict| &**ddict));
        }
        match self.dictionaries.iter().find(|ddict| ddict.id() == wanted) {
            Some(ddict) => Ok(Some(ddict)),
            None => Err(Error::DictionaryMissing {
                wanted,
                given: self.dictionaries.first().map(|ddict| ddict.id()),
            }),
        }
    }

    fn decode_chunk(
        &self,
        dctx: &mut DCtx,
        chunk: &[u8],
        prefix: &[u8],
        content: &mut Output,
    ) -> Result<(), BrokenChunk> {
        let header = match frame_header(chunk, self.parameters.format) {
            Ok(Header::Complete(header)) if header.kind == FrameKind::Zstd => header,
            Ok(Header::Complete(_)) | Err(_) => return Err(ChunkFault::NotAFrame.into()),
            Ok(Header::Cut { .. }) => return Err(ChunkFault::TooSmall.into()),
        };
        let size = header.content_size.ok_or(ChunkFault::NoContentSize)?;
        let capacity = isize::try_from(size).map_err(|_| ChunkFault::TooLarge)? as usize;
        let frame = Frame::first(chunk, self.parameters.format).map_err(|broken| match broken {
            Broken::ImpossibleSize { claimed, possible } => ChunkFault::ImpossibleSize { claimed, possible },
            Broken::Corrupted => ChunkFault::Zstd(Code::CORRUPTION_DETECTED),
            Broken::Cut | Broken::NoHeader(_) | Broken::SkippableCut { .. } => ChunkFault::Incomplete,
        })?;
        if let Some(limit) = self.parameters.max_output_size
            && size > limit
        {
            return Err(ChunkFault::OutputLimit { limit, needed: size }.into());
        }
        content.clear();
        content.grow_to(capacity)?;
        let bytes = &chunk[..frame.compressed_size];
        let decoded = content.fill(|spare| {
            let spare = &mut spare[..capacity];
            dctx.decompress_with_prefix(spare, bytes, prefix)
        });
        match decoded {
            Ok(produced) if produced == capacity => Ok(()),
            Ok(_) => Err(ChunkFault::Incomplete.into()),
            Err(code) => Err(ChunkFault::Zstd(code).into()),
        }
    }
}

/// Calls `decode` for each frame of the plan that has content, with the frame's own bytes.
fn each_frame(
    src: &[u8],
    plan: &Plan,
    format: Format,
    mut decode: impl FnMut(&[u8], &Frame) -> Result<(), Error>,
) -> Result<(), Error> {
    if plan.frames == 0 {
        return Ok(());
    }
    if let Some((start, frame)) = &plan.only {
        return decode(&src[*start..start + frame.compressed_size], frame);
    }
    let mut rest = &src[..plan.end];
    while !rest.is_empty() {
        let frame = Frame::first(rest, format).map_err(|broken| broken.while_decompressing(rest.len()))?;
        let (bytes, behind) = rest.split_at(frame.compressed_size);
        if !frame.is_skippable() {
            decode(bytes, &frame)?;
        }
        rest = behind;
    }
    Ok(())
}

fn reserve(capacity: u64) -> Result<Output, OutOfMemory> {
    let bytes = usize::try_from(capacity).map_err(|_| OutOfMemory { bytes: capacity })?;
    Output::with_capacity(bytes)
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

/// Why a chain has stopped.
enum BrokenChunk {
    Fault(ChunkFault),
    OutOfMemory(OutOfMemory),
}

impl From<ChunkFault> for BrokenChunk {
    fn from(fault: ChunkFault) -> BrokenChunk {
        BrokenChunk::Fault(fault)
    }
}

impl From<OutOfMemory> for BrokenChunk {
    fn from(error: OutOfMemory) -> BrokenChunk {
        BrokenChunk::OutOfMemory(error)
    }
}
