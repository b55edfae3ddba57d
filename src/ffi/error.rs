//! `zst_error`: the details of a failure, in memory that the caller owns.

use super::status::*;
use crate::batch_error::BatchError;
use crate::engine::Code;
use crate::error::{Broken, ChunkFault, End, Error, TrainingFault};
use std::ffi::c_char;
use std::fmt::Write;
use std::mem::MaybeUninit;

/// The details of a failure. The caller owns it, on the stack for example; there is nothing to initialise and nothing
/// to free. A function that fails fills all of it; a function that succeeds leaves it alone.
#[repr(C)]
pub struct zst_error {
    /// The status that the function returned.
    pub status: i32,
    /// libzstd's own error code (ZSTD_ErrorCode), 0 when libzstd had no part in it.
    pub zstd_code: i32,
    /// What the callback returned that failed or cancelled (0 when it returned 0 and broke its contract otherwise); an
    /// errno where the library's own files are at fault; 0 otherwise.
    pub callback_code: i32,
    /// 0.
    pub reserved: i32,
    /// In calls with several inputs, the index of the one that failed; UINT64_MAX when it was none of them, and
    /// otherwise.
    pub item_index: u64,
    /// What would have been right, where that is a number: a size that is enough, a limit, a recorded size. 0
    /// otherwise.
    pub expected: u64,
    /// What there was instead, where that is a number. 0 otherwise.
    pub actual: u64,
    /// Where in the input the frame begins that is cut, damaged, no frame, or refused for its window or dictionary; 0 when
    /// it is the first, or when that is not the question. The input of a stream is all that it has been given.
    pub src_position: u64,
    /// The whole sentence: cause and, where there is one, remedy. UTF-8, ends with NUL.
    pub message: [c_char; 464],
}

const _: () = assert!(size_of::<zst_error>() == 512);

/// Describes `error` in `place`, if there is one; returns its status.
pub fn record(error: &Error, place: Option<&mut MaybeUninit<zst_error>>) -> zst_status {
    let status = status(error);
    if let Some(place) = place {
        describe(place.write(details(error)), error);
    }
    status
}

/// The same for a call with many items.
pub fn record_batch(error: &BatchError, place: Option<&mut MaybeUninit<zst_error>>) -> zst_status {
    const NOTHING: zst_error = zst_error {
        status: ZST_ERROR_VALUE,
        zstd_code: 0,
        callback_code: 0,
        reserved: 0,
        item_index: u64::MAX,
        expected: 0,
        actual: 0,
        src_position: 0,
        message: [0; 464],
    };
    let told = match error {
        BatchError::Call(error) => details(error),
        BatchError::Item { index, error, .. } => zst_error { item_index: *index as u64, ..details(error) },
        BatchError::UnknownSize { index } => zst_error { item_index: *index as u64, ..NOTHING },
        BatchError::NothingToCompress { .. } | BatchError::NothingToDecompress => NOTHING,
        BatchError::SizesMismatch { expected, actual } => zst_error { expected: *expected, actual: *actual, ..NOTHING },
    };
    let status = told.status;
    if let Some(place) = place {
        describe(place.write(told), error);
    }
    status
}

fn details(error: &Error) -> zst_error {
    let (expected, actual) = numbers(error);
    zst_error {
        status: status(error),
        zstd_code: zstd_code(error).map_or(0, |code| code.0),
        callback_code: callback_code(error),
        reserved: 0,
        item_index: item_index(error).unwrap_or(u64::MAX),
        expected,
        actual,
        src_position: src_position(error),
        message: [0; 464],
    }
}

/// A sentence that is too long is cut; the writer never fails.
fn describe(told: &mut zst_error, error: &dyn std::fmt::Display) {
    let _ = write!(Message { place: &mut told.message, len: 0 }, "{error}");
}

fn status(error: &Error) -> zst_status {
    match error {
        Error::NullPointer { .. } | Error::TooLong { .. } | Error::Overlap { .. } => ZST_ERROR_ARGUMENT,
        Error::LevelTooHigh { .. }
        | Error::UnknownDictType { .. }
        | Error::UnknownParameter { .. }
        | Error::UnknownFlags { .. }
        | Error::UnknownFlushMode
        | Error::UnknownWriterFlushMode { .. }
        | Error::Unread { .. }
        | Error::UnknownWhence { .. }
        | Error::SkipBytesTooLarge
        | Error::SkipBeyondFirstBlock
        | Error::SegmentsNotPairs
        | Error::SegmentOutside { .. }
        | Error::NoBuffers
        | Error::EmptyBuffer
        | Error::NotPositive { .. }
        | Error::PrecomputeForNothing
        | Error::PrecomputeForBoth
        | Error::TooManyDictionaries { .. }
        | Error::DuplicateDictionary { .. }
        | Error::NotSkippable => ZST_ERROR_VALUE,
        Error::Zstd { code: Code::MEMORY_ALLOCATION, .. }
        | Error::Frame { code: Code::MEMORY_ALLOCATION, .. }
        | Error::OutOfMemory(_)
        | Error::NoThreads { .. } => ZST_ERROR_MEMORY,
        Error::OutOfBounds { .. }
        | Error::Zstd { .. }
        | Error::Frame { .. }
        | Error::DeclaredSize { .. }
        | Error::UnusableDictionary { .. }
        | Error::NoEstimateWithThreads
        | Error::Training { .. }
        | Error::NoContentSize
        | Error::WrongSize { .. }
        | Error::ExtraData { .. }
        | Error::DictionaryMissing { .. }
        | Error::DictionaryNeeded { .. } => ZST_ERROR_ZSTD,
        Error::CompressAfterFinish
        | Error::DecompressAfterFrame
        | Error::AlreadyFinished
        | Error::ChunkerFinished { .. }
        | Error::DecompressionFinished { .. }
        | Error::ChunkerNotConsumed { .. } => ZST_ERROR_STATE,
        Error::Busy => ZST_ERROR_BUSY,
        Error::Closed => ZST_ERROR_CLOSED,
        Error::Index { .. } => ZST_ERROR_INDEX,
        Error::Seek(_) => ZST_ERROR_SEEK,
        Error::Source { .. } | Error::SourceBlock { .. } | Error::CannotOpen { what: End::Source, .. } => {
            ZST_ERROR_SOURCE
        }
        Error::Sink { .. } | Error::SinkClaim { .. } | Error::CannotOpen { what: End::Sink, .. } => ZST_ERROR_SINK,
        Error::WouldBlock { .. } | Error::MustNotBlock { .. } => ZST_ERROR_WOULD_BLOCK,
        Error::Cancelled { .. } => ZST_ERROR_CANCELLED,
        Error::HeaderCut { .. } | Error::HeaderTooShort { .. } | Error::InputEndsInsideFrame { .. } => {
            ZST_ERROR_TRUNCATED
        }
        Error::BrokenFrame { broken, .. } => match broken {
            Broken::Empty | Broken::HeaderCut { .. } | Broken::Cut | Broken::SkippableCut { .. } => ZST_ERROR_TRUNCATED,
            Broken::NotAFrame(_) | Broken::Corrupted | Broken::ImpossibleSize { .. } => ZST_ERROR_ZSTD,
        },
        Error::OutputLimit { .. } | Error::StreamLimit { .. } | Error::WindowLimit { .. } => ZST_ERROR_LIMIT,
        Error::Chunk { fault, .. } => match fault {
            ChunkFault::EmptyChain
            | ChunkFault::TooSmall
            | ChunkFault::NotAFrame
            | ChunkFault::NoContentSize
            | ChunkFault::TooLarge => ZST_ERROR_VALUE,
            ChunkFault::Incomplete => ZST_ERROR_TRUNCATED,
            ChunkFault::Zstd(Code::MEMORY_ALLOCATION) => ZST_ERROR_MEMORY,
            ChunkFault::ImpossibleSize { .. } | ChunkFault::Zstd(_) => ZST_ERROR_ZSTD,
            ChunkFault::OutputLimit { .. } => ZST_ERROR_LIMIT,
        },
        Error::BufferTooSmall { .. } => ZST_ERROR_BUFFER_TOO_SMALL,
        Error::Panic => ZST_ERROR_INTERNAL,
    }
}

/// libzstd's code: what it returned, or would have returned had we not looked first.
fn zstd_code(error: &Error) -> Option<Code> {
    match *error {
        Error::Zstd { code, .. } | Error::Frame { code, .. } | Error::Training { code, .. } => Some(code),
        Error::OutOfBounds { .. } => Some(Code::PARAMETER_OUT_OF_BOUND),
        Error::UnusableDictionary { .. } => Some(Code::DICTIONARY_CORRUPTED),
        Error::DictionaryMissing { .. } => Some(Code::DICTIONARY_WRONG),
        Error::WindowLimit { .. } => Some(Code::WINDOW_TOO_LARGE),
        Error::HeaderCut { .. } | Error::HeaderTooShort { .. } | Error::InputEndsInsideFrame { .. } => {
            Some(Code::SRC_SIZE_WRONG)
        }
        Error::DictionaryNeeded { code, .. } => Some(code),
        Error::NoThreads { .. } => Some(Code::MEMORY_ALLOCATION),
        Error::DeclaredSize { .. } => Some(Code::SRC_SIZE_WRONG),
        Error::BufferTooSmall { .. } => Some(Code::DST_SIZE_TOO_SMALL),
        Error::BrokenFrame { broken, .. } => Some(match broken {
            Broken::Empty | Broken::HeaderCut { .. } | Broken::Cut | Broken::SkippableCut { .. } => {
                Code::SRC_SIZE_WRONG
            }
            Broken::NotAFrame(code) => code,
            Broken::Corrupted | Broken::ImpossibleSize { .. } => Code::CORRUPTION_DETECTED,
        }),
        Error::Chunk { fault, .. } => match fault {
            ChunkFault::Zstd(code) => Some(code),
            ChunkFault::ImpossibleSize { .. } => Some(Code::CORRUPTION_DETECTED),
            _ => None,
        },
        _ => None,
    }
}

fn callback_code(error: &Error) -> i32 {
    match *error {
        Error::Source { code }
        | Error::CannotOpen { code, .. }
        | Error::Sink { code, .. }
        | Error::Cancelled { code } => code,
        _ => 0,
    }
}

fn item_index(error: &Error) -> Option<u64> {
    match error {
        Error::Chunk { fault: ChunkFault::EmptyChain, .. } => None,
        Error::Chunk { index, .. } => Some(*index as u64),
        _ => None,
    }
}

fn src_position(error: &Error) -> u64 {
    match *error {
        Error::BrokenFrame { at, .. } => at as u64,
        Error::Frame { at, .. }
        | Error::InputEndsInsideFrame { at, .. }
        | Error::WrongSize { at, .. }
        | Error::StreamLimit { at, .. }
        | Error::WindowLimit { at, .. }
        | Error::DictionaryMissing { at, .. }
        | Error::DictionaryNeeded { at, .. } => at,
        _ => 0,
    }
}

/// What was expected, and what there was.
fn numbers(error: &Error) -> (u64, u64) {
    match *error {
        Error::HeaderCut { needed, have } => (needed as u64, have as u64),
        Error::BufferTooSmall { needed, have, .. } => (needed, have),
        Error::BrokenFrame { broken, have, .. } => match broken {
            Broken::HeaderCut { needed } => (needed as u64, have as u64),
            Broken::SkippableCut { needed } => (needed, have as u64),
            Broken::ImpossibleSize { claimed, possible } => (possible, claimed),
            Broken::Cut => (0, have as u64),
            Broken::Empty | Broken::NotAFrame(_) | Broken::Corrupted => (0, 0),
        },
        Error::WrongSize { produced, recorded, .. } => (recorded, produced),
        Error::DeclaredSize { declared, given, .. } => (declared, given),
        Error::SinkClaim { claimed, given } => (given as u64, claimed as u64),
        Error::SourceBlock { len } => (0, len as u64),
        Error::Index { len } => (len as u64, 0),
        Error::OutputLimit { limit, needed } => (limit, needed.unwrap_or(0)),
        Error::StreamLimit { limit, .. } => (limit, 0),
        Error::WindowLimit { window, limit, .. } => (limit, window),
        Error::ExtraData { bytes } => (0, bytes),
        Error::DictionaryMissing { wanted, first, .. } => (wanted.into(), first.into()),
        Error::Training { why, .. } => match why {
            TrainingFault::FewSamples { needed, have }
            | TrainingFault::SmallSamples { needed, have }
            | TrainingFault::SmallDictionary { needed, have } => (needed as u64, have as u64),
            TrainingFault::LargeSamples { max, have } => (max, have),
            TrainingFault::Parameter { .. } | TrainingFault::Unexplained => (0, 0),
        },
        Error::OutOfMemory(error) => (error.bytes, 0),
        Error::Chunk { fault: ChunkFault::ImpossibleSize { claimed, possible }, .. } => (possible, claimed),
        Error::Chunk { fault: ChunkFault::OutputLimit { limit, needed }, .. } => (limit, needed),
        _ => (0, 0),
    }
}

/// Writes UTF-8 into a buffer of fixed size, whole characters only, and leaves room for the NUL.
struct Message<'a> {
    place: &'a mut [c_char; 464],
    len: usize,
}

impl Write for Message<'_> {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        let room = self.place.len() - 1 - self.len;
        let fits = text.floor_char_boundary(room);
        for (place, byte) in self.place[self.len..].iter_mut().zip(&text.as_bytes()[..fits]) {
            *place = *byte as c_char;
        }
        self.len += fits;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_cut_between_characters_and_ends_with_nul() {
        let mut place = [1 as c_char; 464];
        let mut message = Message { place: &mut place, len: 0 };
        write!(message, "{}ß and more", "a".repeat(462)).unwrap();
        assert_eq!(message.len, 462);
        write!(message, "b").unwrap();
        assert_eq!(message.len, 463);
        write!(message, "c").unwrap();
        assert_eq!(message.len, 463);
        assert_eq!(place[463], 1);
    }
}
