//! `zst_decompression_reader`: input that is cut, damaged, or more than was allowed. Content before that is not lost.

use crate::decompression_obj::{lying, small_window};
use crate::decompression_reader::{FLAGS, STRICT, frame_of, read};
use crate::raw;
use crate::support::*;
use crate::support_readers::*;
use crate::support_sources::*;
use crate::support_streams::*;
use zst::ffi::compression_parameters::*;
use zst::ffi::decompression_parameters::*;
use zst::ffi::status::*;

#[test]
fn every_cut() {
    let source = text(4, 3000);
    let blocks = raw::Compressor::with(&[(ZST_C_WRITE_CHECKSUM, 1)]).compress_flushed(source.chunks(1000));
    for frame in [blocks, frame_of(&source[..100]), EMPTY_FRAME.to_vec(), SKIPPABLE.to_vec()] {
        for cut in (0..frame.len()).step_by(1 + frame.len() / 40).chain([frame.len() - 1]) {
            for flags in [0, ACROSS] {
                let lax = read(&frame[..cut], 100, flags).all(Read(100));
                assert!(source.starts_with(&lax));
                for way in [Read(77), Read(5000), ReadInto(10), Read1(10), ReadAll] {
                    let lenient = read(&frame[..cut], 100, flags);
                    assert_same(&lenient.all(way), &lax);
                    assert_eq!(lenient.at_frame_end(), cut == 0);
                    let strict = read(&frame[..cut], 100, flags | STRICT);
                    if cut == 0 {
                        assert!(strict.all(way).is_empty());
                        continue;
                    }
                    // Before it fails, or after it when everything was wanted.
                    let (mut content, failures) = strict.drain(way);
                    content.extend(strict.get(Read(5000)).unwrap_or_default());
                    assert_same(&content, &lax);
                    for failure in failures {
                        assert_eq!(failure.message, "zstd decompress error: input ends inside a frame");
                        assert_eq!(failure.status, ZST_ERROR_TRUNCATED);
                    }
                }
            }
        }
    }
}

#[test]
fn content_comes_first_then_the_error_again_and_again() {
    let frame = frame_of(&[b'a'; 300]);
    let mut checked = Compressor::with(&[(ZST_C_WRITE_CHECKSUM, 1)], None).compress(&noise(5, 300_000)).to_vec();
    *checked.last_mut().unwrap() ^= 1;
    let good = frame_of(&noise(5, 300_000));
    for (input, least, text) in [
        ([&frame[..], b"junkjunk"].concat(), [300; 2], "Unknown frame descriptor"),
        ([&frame[..], SKIPPABLE, b"j"].concat(), [300; 2], "Unknown frame descriptor"),
        // Behind the first block.
        ([&good[..9 + 3 + 131_072], &[0xFF; 100]].concat(), [120_000, 0], "Data corruption detected"),
        ([&frame[..], &checked].concat(), [250_000, 300], "Restored data doesn't match checksum"),
        (b"x".to_vec(), [0; 2], "Unknown frame descriptor"),
    ] {
        // In one block, what comes along with the damage is lost with it.
        for (block, least) in [(10_000, least[0]), (input.len(), least[1])] {
            for way in [Read(500), Read(1 << 20), Read1(1000), ReadInto(1 << 20), ReadInto1(999)] {
                for flags in FLAGS {
                    let reader = read(&input, block, flags);
                    let (content, failures) = reader.drain(way);
                    assert!(content.len() >= least, "{} of {least} bytes, {way:?}", content.len());
                    assert!(failures.len() == 20 && !reader.at_frame_end());
                    for failure in failures {
                        assert_eq!(failure.message, format!("zstd decompress error: {text}"));
                        assert_eq!(failure.status, ZST_ERROR_ZSTD);
                    }
                    reader.seek(1 << 40, 0).unwrap_err().is(ZST_ERROR_ZSTD, text);
                    assert_eq!(reader.tell(), content.len() as u64);
                }
            }
            let reader = read(&input, block, ACROSS);
            for _ in 0..3 {
                reader.get(ReadAll).unwrap_err().is(ZST_ERROR_ZSTD, text);
            }
            reader.close().unwrap();
        }
    }
    // The parent does not suffer.
    let decompressor = Decompressor::new(None);
    let input = [&frame[..10], &[0xFF; 50]].concat();
    let reader = DecompressionReader::new(&decompressor, Source::memory(&input), 0);
    reader.drain(Read(10));
    assert_same(&decompressor.decompress(&frame).unwrap(), &[b'a'; 300]);
}

/// A good block and a damaged one, which come together; the content of the good one has been decoded when less was
/// wanted than it holds.
#[test]
fn content_that_waits_inside_comes_before_damage() {
    let source = noise(5, 300_000);
    let input = [&frame_of(&source)[..9 + 3 + 131_072], &[0xFF; 100]].concat();
    for way in [Read(1000), Read1(50_000), ReadInto(1000), ReadInto1(131_000)] {
        let (content, failures) = read(&input, input.len(), 0).drain(way);
        assert_same(&content, &source[..131_072]);
        failures[0].is(ZST_ERROR_ZSTD, "zstd decompress error: Data corruption detected");
    }
    let iterator = DecompressorIterator::new(&Decompressor::new(None), Source::memory(&input), 1000, 0);
    assert_same(&iterator.drain(Next).0, &source[..131_072]);
}

#[test]
fn more_or_less_content_than_the_header_records() {
    for frame in [lying(2), lying(3), b"\x28\xb5\x2f\xfd\x20\x01\x01\0\0".to_vec()] {
        for block in [1, 3, 12, frame.len()] {
            for way in [Read(100), Read(5000), ReadInto(1), Read1(5000), ReadAll] {
                let (_, failures) = read(&frame, block, 0).drain(way);
                failures.first().expect("it is wrong").is(ZST_ERROR_ZSTD, "zstd decompress error: ");
            }
        }
    }
    let claims = b"\x28\xb5\x2f\xfd\xe0\0\0\0\0\0\0\0\x10\x09\0\0a";
    for way in [Read(100), Read(1 << 30), ReadAll] {
        assert_eq!(read(claims, 100, 0).drain(way).1.len(), 20);
    }
}

#[test]
fn limits() {
    let source = text(6, 1000);
    let input = [frame_of(&source), SKIPPABLE.to_vec(), raw::unknown_size(&source), EMPTY_FRAME.to_vec()].concat();
    for block in [1, 10, input.len()] {
        for limit in [1, 500, 999, 1000, 1001, 1999, 2000, 2001] {
            let decompressor = Decompressor::with(&[(ZST_D_MAX_OUTPUT_SIZE, limit)]);
            for way in [Read(1), Read(300), Read(5000), ReadInto(5000), Read1(5000), ReadAll] {
                let reader = DecompressionReader::new(&decompressor, Source::blocks(&input, block), ACROSS);
                let (content, failures) = reader.drain(way);
                assert_same(&content, &source.repeat(2)[..content.len()]);
                if limit >= 2000 {
                    assert_eq!((content.len(), failures.len()), (2000, 0));
                    continue;
                }
                assert!(content.len() <= limit as usize && failures.len() == 20);
                for failure in failures {
                    failure.is(ZST_ERROR_LIMIT, "zstd decompress error: the content is more than max_output_size");
                    failure.is(ZST_ERROR_LIMIT, &format!("{limit} bytes have been produced"));
                }
            }
        }
    }
    let frame = small_window(&text(7, 100_000));
    let decompressor = Decompressor::with(&[(ZST_D_MAX_WINDOW_SIZE, 1024)]);
    for way in [Read(100), ReadAll] {
        let reader = DecompressionReader::new(&decompressor, Source::blocks(&frame, 1000), 0);
        for failure in reader.drain(way).1 {
            failure.is(ZST_ERROR_LIMIT, "zstd decompress error: Frame requires too much memory for decoding");
        }
    }
    // 64 MiB of zeros: what is not wanted is not decoded.
    let bomb = small_window(&vec![0; 64 << 20]);
    let reader =
        DecompressionReader::new(&Decompressor::with(&[(ZST_D_MAX_OUTPUT_SIZE, 1 << 20)]), Source::memory(&bomb), 0);
    assert_eq!(reader.get(Read(1 << 20)).unwrap().len(), 1 << 20);
    reader.get(Read(1 << 20)).unwrap_err().is(ZST_ERROR_LIMIT, "1048576");
}
