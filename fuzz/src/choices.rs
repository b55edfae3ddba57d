//! What a fuzzer decides: numbers from the beginning of its bytes, zeros when there are no more.

use crate::support::{DecompressionParameters, Decompressor, Dict, text, trained};
use arbitrary::Unstructured;
use std::sync::OnceLock;
use zst::ffi::compression_dict::*;
use zst::ffi::decompression_parameters::*;

pub struct Choices<'a>(Unstructured<'a>);

impl<'a> Choices<'a> {
    pub fn new(data: &'a [u8]) -> Choices<'a> {
        Choices(Unstructured::new(data))
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn number<T: arbitrary::Arbitrary<'a> + Default>(&mut self) -> T {
        self.0.arbitrary().unwrap_or_default()
    }

    pub fn below(&mut self, end: u8) -> u8 {
        self.number::<u8>() % end
    }

    pub fn yes(&mut self) -> bool {
        self.below(2) == 1
    }

    pub fn one_of<T: Copy>(&mut self, values: &[T]) -> T {
        values[usize::from(self.number::<u8>()) % values.len()]
    }

    /// So many bytes, or as many as there are.
    pub fn bytes(&mut self, len: usize) -> &'a [u8] {
        self.0.bytes(len.min(self.0.len())).expect("they are there")
    }

    pub fn rest(&mut self) -> &'a [u8] {
        self.bytes(usize::MAX)
    }

    /// The size of a piece.
    pub fn piece(&mut self) -> usize {
        self.one_of(&[1 << 17, 1, 2, 3, 5, 17, 100, 1000, 4096, 200_000])
    }
}

/// A dictionary that frames may have been made with: raw content, and one with tables and an id.
pub fn dictionaries() -> &'static [Dict; 2] {
    static DICTIONARIES: OnceLock<[Dict; 2]> = OnceLock::new();
    DICTIONARIES.get_or_init(|| {
        [Dict::new(&text(1, 1000), ZST_DICT_TYPE_RAWCONTENT), Dict::new(trained(), ZST_DICT_TYPE_FULLDICT)]
    })
}

/// What a decompressor is told.
#[derive(Clone, Copy, Debug, Default)]
pub struct Settings {
    pub format: i64,
    /// 0 is the default.
    pub max_window_size: i64,
    pub ignore_checksum: i64,
    pub disable_huffman_assembly: i64,
    pub max_block_size: i64,
    /// 0 is none.
    pub max_output_size: i64,
    pub dict: Option<&'static Dict>,
}

impl Settings {
    pub fn choose(choices: &mut Choices) -> Settings {
        let switches: u8 = choices.number();
        let switch = |bit: u8| i64::from(switches >> bit & 1);
        Settings {
            format: switch(0),
            ignore_checksum: switch(1),
            disable_huffman_assembly: switch(2),
            dict: [None, None, Some(&dictionaries()[0]), Some(&dictionaries()[1])][usize::from(switches >> 6)],
            max_window_size: choices.one_of(&[0, 0, 0, 1024, 100_000, 1 << 31]),
            max_block_size: choices.one_of(&[0, 0, 0, 1024, 5000, 131_072]),
            max_output_size: choices.one_of(&[0, 0, 0, 1, 100, 3000, 200_000]),
        }
    }

    pub fn decompressor(&self) -> Decompressor {
        let parameters = DecompressionParameters::new(&[
            (ZST_D_FORMAT, self.format),
            (ZST_D_MAX_WINDOW_SIZE, self.max_window_size),
            (ZST_D_IGNORE_CHECKSUM, self.ignore_checksum),
            (ZST_D_DISABLE_HUFFMAN_ASSEMBLY, self.disable_huffman_assembly),
            (ZST_D_MAX_BLOCK_SIZE, self.max_block_size),
            (ZST_D_MAX_OUTPUT_SIZE, self.max_output_size),
        ]);
        Decompressor::try_from(&parameters, self.dict).expect("these dictionaries are good")
    }
}
