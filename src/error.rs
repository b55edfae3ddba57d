//! Everything that can go wrong, in words.
//!
//! `Display` is the sentence that users read, in C as `zst_error.message` and in Python as the exception's text.
//! It names the cause, and the remedy where there is one. The variants hold no heap memory, so that an error can
//! be reported when there is none. `ffi::error` maps each variant to a status.

pub use crate::batch_error::BatchError;
use crate::engine::{Code, Errno, OutOfMemory};
use std::fmt;

#[derive(Clone, Copy, Debug)]
pub enum Error {
    // The call itself is wrong.
    NullPointer {
        name: &'static str,
    },
    TooLong {
        name: &'static str,
    },
    Overlap {
        first: &'static str,
        second: &'static str,
    },

    // A value is wrong.
    LevelTooHigh {
        max: i32,
    },
    UnknownDictType {
        number: i32,
    },
    UnknownParameter {
        of: &'static str,
        id: i32,
    },
    UnknownFlags {
        flags: i32,
    },
    OutOfBounds {
        doing: &'static str,
        name: &'static str,
        value: i64,
        min: i64,
        max: i64,
        zero_too: bool,
    },
    UnknownFlushMode,
    /// Of a writer.
    UnknownWriterFlushMode {
        mode: i32,
    },
    /// More is given back than was read.
    Unread {
        size: u64,
        position: u64,
    },
    UnknownWhence {
        number: i32,
    },
    NotPositive {
        name: &'static str,
    },
    SkipBytesTooLarge,
    SkipBeyondFirstBlock,
    SegmentsNotPairs,
    SegmentOutside {
        index: usize,
    },
    NoBuffers,
    EmptyBuffer,
    PrecomputeForNothing,
    PrecomputeForBoth,
    TooManyDictionaries {
        max: usize,
    },
    DuplicateDictionary {
        id: u32,
    },

    // An index is outside its container.
    Index {
        len: usize,
    },

    // The object cannot do this now.
    CompressAfterFinish,
    DecompressAfterFrame,
    AlreadyFinished,
    ChunkerFinished {
        call: &'static str,
    },
    DecompressionFinished {
        call: &'static str,
    },
    ChunkerNotConsumed {
        operation: &'static str,
    },
    Busy,
    Closed,
    Seek(SeekFault),

    // A callback has failed, or was not right.
    Source {
        code: i32,
    },
    SourceBlock {
        len: usize,
    },
    CannotOpen {
        what: End,
        code: i32,
    },
    Sink {
        operation: &'static str,
        code: i32,
    },
    SinkClaim {
        claimed: usize,
        given: usize,
    },
    WouldBlock {
        what: End,
    },
    /// The same, of an operation that cannot be repeated.
    MustNotBlock {
        what: End,
    },
    Cancelled {
        code: i32,
    },

    // libzstd refuses, or would.
    Zstd {
        doing: &'static str,
        code: Code,
    },
    /// libzstd refuses the frame that begins at `at` in the input; so it is with `at` elsewhere.
    Frame {
        doing: &'static str,
        code: Code,
        at: u64,
    },
    DeclaredSize {
        doing: &'static str,
        declared: u64,
        given: u64,
    },
    UnusableDictionary {
        doing: &'static str,
        why: DictionaryFault,
    },
    NoEstimateWithThreads,
    Training {
        code: Code,
        why: TrainingFault,
    },

    // The data is wrong, or more than was allowed.
    HeaderCut {
        needed: usize,
        have: usize,
    },
    /// The frame begins at `at` in the input, which has `have` bytes from there.
    BrokenFrame {
        while_decompressing: bool,
        broken: Broken,
        at: usize,
        have: usize,
    },
    InputEndsInsideFrame {
        doing: &'static str,
        at: u64,
    },
    NoContentSize,
    WrongSize {
        doing: &'static str,
        produced: u64,
        recorded: u64,
        at: u64,
    },
    OutputLimit {
        limit: u64,
        needed: Option<u64>,
    },
    /// Of a stream.
    StreamLimit {
        doing: &'static str,
        limit: u64,
        at: u64,
    },
    WindowLimit {
        doing: &'static str,
        window: u64,
        limit: u64,
        at: u64,
    },
    ExtraData {
        bytes: u64,
    },
    DictionaryMissing {
        doing: &'static str,
        wanted: u32,
        given: usize,
        first: u32,
        at: u64,
    },
    DictionaryNeeded {
        doing: &'static str,
        code: Code,
        at: u64,
    },
    HeaderTooShort {
        doing: &'static str,
    },
    NotSkippable,
    Chunk {
        index: usize,
        fault: ChunkFault,
    },

    // The machine, or the caller's memory, is too small.
    OutOfMemory(OutOfMemory),
    NoThreads {
        doing: &'static str,
    },
    BufferTooSmall {
        doing: &'static str,
        needed: u64,
        have: u64,
    },

    /// A bug of ours. The panic's own text goes to stderr, as with every panic.
    Panic,
}

/// Why there is no complete frame at the start of some bytes.
#[derive(Clone, Copy, Debug)]
pub enum Broken {
    /// There are no bytes.
    Empty,
    /// The bytes end inside the header, which has so many.
    HeaderCut { needed: usize },
    /// The bytes are no frame.
    NotAFrame(Code),
    /// The bytes end inside the frame.
    Cut,
    /// The bytes end inside a skippable frame of so many bytes.
    SkippableCut { needed: u64 },
    /// A block header makes no sense.
    Corrupted,
    /// The header records more than the blocks can hold.
    ImpossibleSize { claimed: u64, possible: u64 },
}

/// One end of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    Source,
    Sink,
}

/// Where a stream cannot go.
#[derive(Clone, Copy, Debug)]
pub enum SeekFault {
    Negative,
    Backwards,
    FromEnd,
}

impl Error {
    /// Output that was made before does not suffer from it: the source failed, or memory, or the input is over.
    pub fn leaves_output(&self) -> bool {
        matches!(
            self,
            Error::Source { .. }
                | Error::SourceBlock { .. }
                | Error::WouldBlock { .. }
                | Error::OutOfMemory(_)
                | Error::InputEndsInsideFrame { .. }
        )
    }

    /// The sink has failed, and might not another time.
    pub fn is_of_sink(&self) -> bool {
        matches!(self, Error::Sink { .. } | Error::SinkClaim { .. })
    }
}

/// What makes a dictionary unusable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DictionaryFault {
    NoHeader,
    Corrupted,
}

/// Why training was refused, where we know more than libzstd says.
#[derive(Clone, Copy, Debug)]
pub enum TrainingFault {
    FewSamples { needed: usize, have: usize },
    SmallSamples { needed: usize, have: usize },
    LargeSamples { max: u64, have: u64 },
    SmallDictionary { needed: usize, have: usize },
    Parameter { name: &'static str, value: f64, expected: &'static str },
    Unexplained,
}

/// What is wrong with one frame of a prefix-dictionary chain.
#[derive(Clone, Copy, Debug)]
pub enum ChunkFault {
    TooSmall,
    NotAFrame,
    NoContentSize,
    TooLarge,
    Incomplete,
    ImpossibleSize { claimed: u64, possible: u64 },
    OutputLimit { limit: u64, needed: u64 },
    Zstd(Code),
    EmptyChain,
}

impl From<OutOfMemory> for Error {
    fn from(error: OutOfMemory) -> Error {
        Error::OutOfMemory(error)
    }
}

impl std::error::Error for Error {}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(doing) = self.doing() {
            write!(f, "{doing}: ")?;
        }
        self.explain(f)
    }
}

impl Error {
    /// The same error, of a frame that begins there in the input.
    pub fn in_frame_at(mut self, position: u64) -> Error {
        if let Error::Frame { at, .. }
        | Error::InputEndsInsideFrame { at, .. }
        | Error::WrongSize { at, .. }
        | Error::StreamLimit { at, .. }
        | Error::WindowLimit { at, .. }
        | Error::DictionaryMissing { at, .. }
        | Error::DictionaryNeeded { at, .. } = &mut self
        {
            *at = position;
        }
        self
    }

    /// What was being done, which begins the sentence.
    fn doing(&self) -> Option<&'static str> {
        match *self {
            Error::OutOfBounds { doing, .. }
            | Error::Zstd { doing, .. }
            | Error::Frame { doing, .. }
            | Error::DeclaredSize { doing, .. }
            | Error::UnusableDictionary { doing, .. }
            | Error::InputEndsInsideFrame { doing, .. }
            | Error::WrongSize { doing, .. }
            | Error::StreamLimit { doing, .. }
            | Error::WindowLimit { doing, .. }
            | Error::DictionaryMissing { doing, .. }
            | Error::DictionaryNeeded { doing, .. }
            | Error::HeaderTooShort { doing }
            | Error::NoThreads { doing }
            | Error::BufferTooSmall { doing, .. } => Some(doing),
            Error::NoEstimateWithThreads => Some("cannot estimate compression context size"),
            Error::Training { .. } => Some("cannot train dict"),
            Error::OutputLimit { .. } => Some("decompression error"),
            Error::BrokenFrame { while_decompressing: false, .. } => Some("cannot find the end of the frame"),
            Error::BrokenFrame { while_decompressing: true, broken, .. } => Some(match broken {
                Broken::Empty | Broken::HeaderCut { .. } | Broken::NotAFrame(_) => {
                    "error determining content size from frame header"
                }
                Broken::Cut | Broken::SkippableCut { .. } | Broken::Corrupted | Broken::ImpossibleSize { .. } => {
                    "decompression error"
                }
            }),
            _ => None,
        }
    }

    /// The sentence without its beginning.
    pub(crate) fn explain(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Error::NullPointer { name } => write!(f, "{name} is NULL"),
            Error::TooLong { name } => write!(f, "{name} is more than any buffer can have"),
            Error::Overlap { first, second } => write!(f, "{first} and {second} overlap"),

            Error::LevelTooHigh { max } => write!(f, "level must be less than {}", max + 1),
            Error::UnknownDictType { number } => {
                write!(f, "invalid dictionary load mode: {number}; must use DICT_TYPE_* constants")
            }
            Error::UnknownParameter { of, id } => write!(f, "there is no {of} parameter {id}"),
            Error::UnknownFlags { flags } => write!(f, "unknown flags: {flags:#x}"),
            Error::OutOfBounds { name, value, min, max, zero_too, .. } => {
                let zero = if zero_too { ", or 0 for the default" } else { "" };
                let out = Code::PARAMETER_OUT_OF_BOUND.name();
                write!(f, "{out}: {name} is {value}, allowed are {min} to {max}{zero}")
            }
            Error::NotPositive { name } => write!(f, "{name} must be positive"),
            Error::UnknownFlushMode => write!(f, "flush mode not recognized"),
            Error::PrecomputeForNothing => write!(f, "must specify one of level or compression_params"),
            Error::PrecomputeForBoth => write!(f, "must only specify one of level or compression_params"),
            Error::TooManyDictionaries { max } => write!(f, "more than {max} dictionaries"),
            Error::DuplicateDictionary { id } => write!(f, "there is a dictionary with id {id} already"),

            Error::CompressAfterFinish => write!(f, "cannot call compress() after compressor finished"),
            Error::DecompressAfterFrame => write!(f, "cannot use a decompressobj multiple times"),
            Error::AlreadyFinished => write!(f, "compressor object already finished"),
            Error::ChunkerFinished { call } => write!(f, "cannot call {call}() after compression finished"),
            Error::DecompressionFinished { call } => {
                write!(f, "cannot call {call}() after decompression finished")
            }
            Error::ChunkerNotConsumed { operation } => {
                write!(f, "cannot {operation} before consuming output from previous operation")
            }
            Error::UnknownWriterFlushMode { mode } => write!(f, "unknown flush_mode: {mode}"),
            Error::Unread { size, position } => {
                write!(f, "{size} bytes cannot be given back: only {position} have been read")
            }
            Error::UnknownWhence { number } => {
                write!(f, "unknown whence: {number}; 0 is the start, 1 the current position")
            }
            Error::SkipBytesTooLarge => write!(f, "skip_bytes must be smaller than read_size"),
            Error::SkipBeyondFirstBlock => {
                write!(f, "skip_bytes larger than first input chunk; this scenario is currently unsupported")
            }
            Error::SegmentsNotPairs => write!(f, "segments array size is not a multiple of 16"),
            Error::SegmentOutside { index } => {
                write!(f, "offset within segments array references memory outside buffer: segment {index}")
            }
            Error::NoBuffers => write!(f, "must pass at least 1 argument"),
            Error::EmptyBuffer => write!(f, "ZstdBufferWithSegments cannot be empty"),
            Error::Index { len } => write!(f, "offset must be less than {len}"),
            Error::Closed => write!(f, "stream is closed"),
            Error::Seek(SeekFault::Negative) => write!(f, "cannot seek to negative position with SEEK_SET"),
            Error::Seek(SeekFault::Backwards) => write!(f, "cannot seek zstd decompression stream backwards"),
            Error::Seek(SeekFault::FromEnd) => {
                write!(f, "zstd decompression streams cannot be seeked with SEEK_END")
            }
            Error::Source { code } => {
                write!(f, "the source's read() failed with code {code}")?;
                explain(f, code)
            }
            Error::SourceBlock { len } => {
                write!(f, "the source lent a block of {len} bytes at NULL, or more than there can be")
            }
            Error::CannotOpen { what, code } => {
                write!(f, "cannot open the {what} with this path: {}", Errno(code))
            }
            Error::Sink { operation, code } => {
                write!(f, "the sink's {operation}() failed with code {code}")?;
                explain(f, code)
            }
            Error::SinkClaim { claimed, given } => {
                write!(f, "invalid length: the sink claims to have taken {claimed} bytes of {given}")
            }
            Error::WouldBlock { what } => write!(f, "the {what} would block; the call can be repeated later"),
            Error::MustNotBlock { what } => write!(f, "the {what} would block; copy_stream() needs one that waits"),
            Error::Cancelled { code } => write!(f, "cancelled by the progress callback, with code {code}"),
            Error::Busy => write!(f, "the object is busy: another call on it is running"),

            Error::Zstd { code, .. } | Error::Frame { code, .. } => write!(f, "{}", code.name()),
            Error::DeclaredSize { declared, given, .. } => {
                let wrong = Code::SRC_SIZE_WRONG.name();
                write!(f, "{wrong}: {declared} bytes were declared, {given} were given")
            }
            Error::UnusableDictionary { why, .. } => write!(f, "{why}"),
            Error::NoEstimateWithThreads => {
                write!(f, "there is no estimate for threads of 1 or more")
            }
            Error::Training { code, why } => write!(f, "{}{why}", code.name()),

            Error::HeaderCut { needed, have } => {
                write!(f, "not enough data for frame parameters; need {needed} bytes, got {have}")
            }
            Error::BrokenFrame { broken, at, have, .. } => {
                match broken {
                    Broken::Empty => write!(f, "there is no input")?,
                    Broken::HeaderCut { needed } => write!(f, "it needs {needed} bytes, got {have}")?,
                    Broken::NotAFrame(code) => write!(f, "{}", code.name())?,
                    Broken::Cut => {
                        write!(f, "did not decompress full frame: the input ends inside it, after {have} bytes")?;
                    }
                    Broken::SkippableCut { needed } => write!(
                        f,
                        "did not decompress full frame: a skippable frame of {needed} bytes ends after {have}"
                    )?,
                    Broken::Corrupted => {
                        write!(f, "{}: a block header is wrong", Code::CORRUPTION_DETECTED.name())?;
                    }
                    Broken::ImpossibleSize { claimed, possible } => write!(
                        f,
                        "{}: the frame claims {claimed} bytes of content, its blocks hold {possible} at most",
                        Code::CORRUPTION_DETECTED.name()
                    )?,
                }
                if at > 0 {
                    write!(f, " (the frame begins at byte {at} of the input)")?;
                }
                Ok(())
            }
            Error::InputEndsInsideFrame { .. } => write!(f, "input ends inside a frame"),
            Error::NoContentSize => write!(
                f,
                "could not determine content size in frame header: the frame does not record it; give max_output_size"
            ),
            Error::WrongSize { produced, recorded, .. } => {
                write!(f, "decompressed {produced} bytes; expected {recorded}")
            }
            Error::OutputLimit { limit, needed: Some(needed) } => write!(
                f,
                "did not decompress full frame: its {needed} bytes are more than max_output_size, \
                 {limit}"
            ),
            Error::OutputLimit { limit, needed: None } => write!(
                f,
                "did not decompress full frame: the content is more than max_output_size, {limit} \
                 bytes"
            ),
            Error::StreamLimit { limit, .. } => write!(
                f,
                "the content is more than max_output_size; {limit} bytes have been produced, which is the limit"
            ),
            Error::WindowLimit { window, limit, .. } => {
                let too_large = Code::WINDOW_TOO_LARGE.name();
                write!(f, "{too_large}: frame needs a window of {window} bytes, the limit is {limit}; ")?;
                if window <= 1 << 31 {
                    write!(f, "raise max_window_size")
                } else {
                    write!(f, "no limit can be so high")
                }
            }
            Error::ExtraData { bytes } => {
                write!(f, "compressed input contains {bytes} bytes of unused data, which is disallowed")
            }
            Error::DictionaryMissing { wanted, given, first, .. } => {
                let mismatch = Code::DICTIONARY_WRONG.name();
                write!(f, "{mismatch}: the frame was made with dictionary {wanted}, ")?;
                match (given, first) {
                    (0, _) => write!(f, "none was given"),
                    (1, 0) => write!(f, "the one given has no id"),
                    (1, id) => write!(f, "the one given is {id}"),
                    (count, _) => write!(f, "which is none of the {count} given"),
                }
            }
            Error::DictionaryNeeded { code, .. } => {
                write!(f, "{}: the frame needs a dictionary, which it does not name, and none was given", code.name())
            }
            Error::HeaderTooShort { .. } => write!(f, "{}", Code::SRC_SIZE_WRONG.name()),
            Error::NoThreads { .. } => {
                write!(f, "{}, or worker threads cannot be started", Code::MEMORY_ALLOCATION.name())
            }
            Error::NotSkippable => write!(f, "not a skippable frame"),
            Error::Chunk { index, fault } => match fault {
                ChunkFault::EmptyChain => write!(f, "empty input chain"),
                ChunkFault::TooSmall => write!(f, "chunk {index} is too small to contain a zstd frame"),
                ChunkFault::NotAFrame => write!(f, "chunk {index} is not a valid zstd frame"),
                ChunkFault::NoContentSize => write!(f, "chunk {index} missing content size in frame"),
                ChunkFault::TooLarge => write!(f, "chunk {index} is too large to decompress on this platform"),
                ChunkFault::Incomplete => write!(f, "chunk {index} did not decompress full frame"),
                ChunkFault::ImpossibleSize { claimed, possible } => write!(
                    f,
                    "could not decompress chunk {index}: {}: the frame claims {claimed} bytes of content, its blocks hold \
                     {possible} at most",
                    Code::CORRUPTION_DETECTED.name()
                ),
                ChunkFault::OutputLimit { limit, needed } => write!(
                    f,
                    "could not decompress chunk {index}: its {needed} bytes are more than max_output_size, {limit}"
                ),
                ChunkFault::Zstd(code) => write!(f, "could not decompress chunk {index}: {}", code.name()),
            },

            Error::OutOfMemory(OutOfMemory { bytes: 0 }) => write!(f, "not enough memory"),
            Error::OutOfMemory(OutOfMemory { bytes }) => write!(f, "not enough memory: {bytes} bytes could not be had"),
            Error::BufferTooSmall { needed, have, .. } => {
                write!(f, "{}: it has {have} bytes, {needed} are enough", Code::DST_SIZE_TOO_SMALL.name())
            }
            Error::Panic => write!(f, "internal error of zst; please report it"),
        }
    }
}

/// Many callbacks return an errno.
fn explain(f: &mut fmt::Formatter<'_>, code: i32) -> fmt::Result {
    if code > 0 { write!(f, " (as an errno: {})", Errno(code)) } else { Ok(()) }
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            End::Source => "source",
            End::Sink => "sink",
        })
    }
}

impl fmt::Display for DictionaryFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DictionaryFault::NoHeader => {
                write!(f, "the dictionary is not a full dictionary: it has no dictionary header; use DICT_TYPE_AUTO")
            }
            DictionaryFault::Corrupted => {
                write!(f, "the dictionary cannot be used: {}", Code::DICTIONARY_CORRUPTED.name())
            }
        }
    }
}

impl fmt::Display for TrainingFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            TrainingFault::FewSamples { needed, have } => {
                write!(f, ": {needed} or more samples are needed, got {have}")
            }
            TrainingFault::SmallSamples { needed, have } => {
                write!(f, ": the samples to train on must hold {needed} bytes or more in all, they hold {have}")
            }
            TrainingFault::LargeSamples { max, have } => {
                write!(f, ": the samples must hold less than {max} bytes in all, they hold {have}")
            }
            TrainingFault::SmallDictionary { needed, have } => {
                write!(f, ": dict_size must be {needed} or more, it is {have}")
            }
            TrainingFault::Parameter { name, value, expected } => write!(f, ": {name} is {value}, {expected}"),
            TrainingFault::Unexplained => Ok(()),
        }
    }
}
