//! `zst_decompression_parameters`: the settings and limits of a decompressor.

use crate::compression_dict::CompressionDict;
use crate::engine::{DEFAULT_MAX_WINDOW_SIZE, Format, Shared, push, reserved};
use crate::error::Error;
use std::ffi::CStr;

/// The numbers of the parameters: libzstd's own, where libzstd has the parameter.
pub mod id {
    pub const MAX_WINDOW_SIZE: i32 = 100;
    pub const FORMAT: i32 = 1000;
    pub const IGNORE_CHECKSUM: i32 = 1002;
    pub const DISABLE_HUFFMAN_ASSEMBLY: i32 = 1004;
    pub const MAX_BLOCK_SIZE: i32 = 1005;
    pub const MAX_OUTPUT_SIZE: i32 = 2000;
}

/// Dictionaries beyond this number would be looked for in a list that is too long to be walked for each frame.
const MAX_DICTIONARIES: usize = 1024;

const MIN_WINDOW_SIZE: u64 = 1 << 10;
const MAX_WINDOW_SIZE: u64 = if usize::BITS == 32 { 1 << 30 } else { 1 << 31 };

/// A complete set of values.
#[derive(Clone)]
pub struct DecompressionParameters {
    pub format: Format,
    /// In bytes.
    pub max_window_size: u64,
    pub ignore_checksum: bool,
    pub disable_huffman_assembly: bool,
    /// In bytes; `None` is the format's own limit, 128 KiB.
    pub max_block_size: Option<u32>,
    /// The most that one call, or one stream in its whole life, may produce; in bytes.
    pub max_output_size: Option<u64>,
}

impl Default for DecompressionParameters {
    fn default() -> DecompressionParameters {
        DecompressionParameters {
            format: Format::Zstd1,
            max_window_size: DEFAULT_MAX_WINDOW_SIZE,
            ignore_checksum: false,
            disable_huffman_assembly: false,
            max_block_size: None,
            max_output_size: None,
        }
    }
}

/// The smallest and the largest value of a parameter, whether 0 is allowed besides (it means the default), its name,
/// and what a caller was doing who gave a bad one.
struct Bounds {
    min: i64,
    max: i64,
    zero_too: bool,
    name: &'static CStr,
    doing: &'static str,
}

fn find(id: i32) -> Result<Bounds, Error> {
    const DOING: &str = "unable to set decompression parameter";
    const WINDOW: &str = "unable to set max window size";
    const FORMAT: &str = "unable to set decoding format";
    let (min, max, zero_too, name, doing) = match id {
        id::MAX_WINDOW_SIZE => (MIN_WINDOW_SIZE as i64, MAX_WINDOW_SIZE as i64, true, c"max_window_size", WINDOW),
        id::FORMAT => (0, 1, false, c"format", FORMAT),
        id::IGNORE_CHECKSUM => (0, 1, false, c"ignore_checksum", DOING),
        id::DISABLE_HUFFMAN_ASSEMBLY => (0, 1, false, c"disable_huffman_assembly", DOING),
        id::MAX_BLOCK_SIZE => (1 << 10, 128 << 10, true, c"max_block_size", DOING),
        id::MAX_OUTPUT_SIZE => (0, i64::MAX, false, c"max_output_size", DOING),
        _ => {
            return Err(Error::UnknownParameter { of: "decompression", id });
        }
    };
    Ok(Bounds { min, max, zero_too, name, doing })
}

/// The smallest and the largest value of a parameter.
pub fn bounds(id: i32) -> Result<(i64, i64), Error> {
    find(id).map(|bounds| (bounds.min, bounds.max))
}

/// A parameter's name, as in Python.
pub fn name(id: i32) -> Option<&'static CStr> {
    find(id).ok().map(|bounds| bounds.name)
}

impl DecompressionParameters {
    pub fn set(&mut self, id: i32, value: i64) -> Result<(), Error> {
        let Bounds { min, max, zero_too, name, doing } = find(id)?;
        if !((min..=max).contains(&value) || zero_too && value == 0) {
            let name = name.to_str().expect("names are ASCII");
            return Err(Error::OutOfBounds { doing, name, value, min, max, zero_too });
        }
        match id {
            id::MAX_WINDOW_SIZE if value == 0 => self.max_window_size = DEFAULT_MAX_WINDOW_SIZE,
            id::MAX_WINDOW_SIZE => self.max_window_size = value as u64,
            id::FORMAT => self.format = if value == 1 { Format::Zstd1Magicless } else { Format::Zstd1 },
            id::IGNORE_CHECKSUM => self.ignore_checksum = value != 0,
            id::DISABLE_HUFFMAN_ASSEMBLY => self.disable_huffman_assembly = value != 0,
            id::MAX_BLOCK_SIZE => self.max_block_size = (value != 0).then_some(value as u32),
            id::MAX_OUTPUT_SIZE => self.max_output_size = (value != 0).then_some(value as u64),
            _ => unreachable!("find() knows the same numbers"),
        }
        Ok(())
    }

    pub fn get(&self, id: i32) -> Result<i64, Error> {
        Ok(match id {
            id::MAX_WINDOW_SIZE => self.max_window_size as i64,
            id::FORMAT => i64::from(self.format == Format::Zstd1Magicless),
            id::IGNORE_CHECKSUM => self.ignore_checksum.into(),
            id::DISABLE_HUFFMAN_ASSEMBLY => self.disable_huffman_assembly.into(),
            id::MAX_BLOCK_SIZE => self.max_block_size.unwrap_or(0).into(),
            id::MAX_OUTPUT_SIZE => self.max_output_size.unwrap_or(0) as i64,
            _ => {
                return Err(Error::UnknownParameter { of: "decompression", id });
            }
        })
    }
}

/// The dictionaries of a decompressor, found by the id that a frame carries.
#[derive(Default)]
pub struct Dictionaries(Vec<Shared<CompressionDict>>);

impl Dictionaries {
    /// Adds one. The first is also used for frames that carry no id.
    pub fn add(&mut self, dict: &Shared<CompressionDict>) -> Result<(), Error> {
        let id = dict.frame_dict_id();
        if self.0.len() == MAX_DICTIONARIES {
            return Err(Error::TooManyDictionaries { max: MAX_DICTIONARIES });
        }
        if id != 0 && self.0.iter().any(|other| other.frame_dict_id() == id) {
            return Err(Error::DuplicateDictionary { id });
        }
        Ok(push(&mut self.0, dict.clone())?)
    }

    pub fn try_clone(&self) -> Result<Dictionaries, Error> {
        let mut copy = reserved(self.0.len())?;
        copy.extend(self.0.iter().cloned());
        Ok(Dictionaries(copy))
    }

    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Shared<CompressionDict>> {
        self.0.iter()
    }
}
