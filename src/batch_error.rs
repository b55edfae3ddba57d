//! What can go wrong in a call with many items, in words: an [`Error`], and which item has it.

use crate::engine::OutOfMemory;
use crate::error::Error;
use std::fmt;

/// What went wrong in a call with many items.
#[derive(Clone, Copy, Debug)]
pub enum BatchError {
    /// Not with one of them.
    Call(Error),
    Item {
        index: usize,
        doing: &'static str,
        error: Error,
    },
    UnknownSize {
        index: usize,
    },
    NothingToCompress {
        items: usize,
    },
    NothingToDecompress,
    SizesMismatch {
        expected: u64,
        actual: u64,
    },
}

impl From<Error> for BatchError {
    fn from(error: Error) -> BatchError {
        BatchError::Call(error)
    }
}

impl From<OutOfMemory> for BatchError {
    fn from(error: OutOfMemory) -> BatchError {
        BatchError::Call(error.into())
    }
}

impl fmt::Display for BatchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BatchError::Call(error) => write!(f, "{error}"),
            BatchError::Item { index, doing, error } => {
                write!(f, "{doing} item {index}: ")?;
                error.explain(f)
            }
            BatchError::UnknownSize { index } => write!(f, "could not determine decompressed size of item {index}"),
            BatchError::NothingToCompress { items: 0 } => write!(f, "no source elements found"),
            BatchError::NothingToCompress { .. } => write!(f, "source elements are empty"),
            BatchError::NothingToDecompress => write!(f, "must pass at least 1 argument"),
            BatchError::SizesMismatch { expected, actual } => {
                write!(f, "decompressed_sizes size mismatch; expected {expected}, got {actual}")
            }
        }
    }
}
