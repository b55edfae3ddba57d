//! Readers take back what they gave.

use crate::support::*;
use crate::support_readers::*;
use crate::support_sources::*;
use zst::ffi::status::*;

macro_rules! takes_back {
    ($name:ident, $new:expr, $all:expr) => {
        #[test]
        fn $name() {
            let all: Vec<u8> = $all;
            for way in [Read(7), Read1(7), ReadInto(7), ReadInto1(7)] {
                let reader = $new;
                let (mut got, mut turn) = (Vec::new(), 0);
                loop {
                    let piece = reader.get(way).unwrap();
                    if piece.is_empty() {
                        break;
                    }
                    let back = turn % (piece.len() + 1);
                    turn += 1;
                    got.extend(&piece);
                    // A half at a time, and then the other in front of it; nothing is fine, too.
                    let kept = got.len() - if turn > 50 { 0 } else { back };
                    reader.unread(&got[kept + back.min(got.len() - kept) / 2..]).unwrap();
                    got.truncate(kept + back.min(got.len() - kept) / 2);
                    reader.unread(&got[kept..]).unwrap();
                    got.truncate(kept);
                    assert_eq!(reader.tell(), kept as u64);
                }
                assert_same(&got, &all);
                // All of it, behind the end.
                reader.unread(&all).unwrap();
                assert_eq!(reader.tell(), 0);
                assert_same(&reader.get(ReadAll).unwrap(), &all);
                assert_eq!(reader.tell(), all.len() as u64);

                let failure = reader.unread(&[all.clone(), vec![0]].concat()).unwrap_err();
                failure.is(ZST_ERROR_VALUE, "cannot be given back");
                assert_eq!(reader.tell(), all.len() as u64);
                reader.close().unwrap();
                reader.unread(&all).unwrap_err().is(ZST_ERROR_CLOSED, "closed");
            }
        }
    };
}

fn content() -> Vec<u8> {
    text(3, 700)
}

fn frame() -> Vec<u8> {
    Compressor::new(3, None).compress(&content()).to_vec()
}

takes_back!(
    decompression_readers_take_back_what_they_gave,
    DecompressionReader::new(&Decompressor::new(None), Source::blocks(&frame(), 100), 0),
    content()
);
takes_back!(
    compression_readers_take_back_what_they_gave,
    CompressionReader::new(&Compressor::new(3, None), Source::blocks(&content(), 100)),
    CompressionReader::new(&Compressor::new(3, None), Source::blocks(&content(), 100)).all(ReadAll)
);
