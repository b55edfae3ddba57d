//! `zst_compression_obj`: the bytes of libzstd, the states of the contract.

use crate::support::*;
use crate::support_streams::*;
use std::ptr::{null, null_mut};
use zst::ffi::compression_dict::*;
use zst::ffi::compression_obj::*;
use zst::ffi::compression_parameters::*;
use zst::ffi::library::*;
use zst::ffi::status::*;

const SIZE_WRONG: &str = "Src size is incorrect";

/// Feeds the same to an obj.
#[track_caller]
fn frame_of(obj: &CompressionObj, steps: &[Do]) -> Vec<u8> {
    let mut frame = Vec::new();
    for &step in steps {
        let more = match step {
            Do::Feed(src) => obj.compress(src),
            Do::Block => obj.block(),
        };
        frame.extend_from_slice(&more.unwrap());
    }
    frame.extend_from_slice(&obj.finish().unwrap());
    frame
}

/// `source` in pieces, with a flush after every `flush`th.
pub fn steps(source: &[u8], piece: usize, flush: usize) -> Vec<Do<'_>> {
    let mut steps = Vec::new();
    for (index, piece) in source.chunks(piece).enumerate() {
        steps.push(Do::Feed(piece));
        if (index + 1) % flush == 0 {
            steps.push(Do::Block);
        }
    }
    steps
}

#[test]
fn bytes_are_those_of_libzstd_fed_the_same_way() {
    let dict = Dict::new(trained(), ZST_DICT_TYPE_AUTO);
    for (name, values) in settings() {
        let threads = values.iter().any(|&(id, _)| id == ZST_C_THREADS);
        let source = text(
            1,
            if threads {
                1_200_000
            } else if name == "level 19" {
                50_000
            } else {
                150_000
            },
        );
        for dict in [None, Some(&dict)] {
            let compressor = Compressor::with(&values, dict);
            for (piece, flush) in [(source.len(), 99), (source.len() / 2 + 1, 1), (40_000, 3), (7001, 10)] {
                if threads && flush > 1 && flush < 99 {
                    continue;
                }
                for size in [None, Some(source.len() as u64)] {
                    let steps = steps(&source, piece, flush);
                    let frame = frame_of(&CompressionObj::new(&compressor, size), &steps);
                    let raw = raw_stream(&values, dict.map(|_| trained()), size, &steps);
                    let context = format!("{name}, dict {}, pieces of {piece}, size {size:?}", dict.is_some());
                    assert!(frame == raw, "{context}: {} bytes, libzstd gives {}", frame.len(), raw.len());
                    assert_same(&decode(&values, dict, &frame), &source);
                }
            }
        }
    }
}

#[test]
fn any_piece_size() {
    let source = text(2, 1200);
    for values in [vec![], vec![(ZST_C_WRITE_CHECKSUM, 1)], vec![(ZST_C_THREADS, 2)]] {
        let compressor = Compressor::with(&values, None);
        let whole = CompressionObj::new(&compressor, None).frame([&source[..]]);
        for piece in (1..40).chain([100, 599, 600, 1199, 1200, 5000]) {
            assert_same(&CompressionObj::new(&compressor, None).frame(source.chunks(piece)), &whole);
        }
    }
    let source = noise(2, 300_000);
    let compressor = Compressor::new(1, None);
    let whole = CompressionObj::new(&compressor, None).frame([&source[..]]);
    for piece in [997, 65_536, 131_071, 131_072, 131_073, 262_144] {
        assert_same(&CompressionObj::new(&compressor, None).frame(source.chunks(piece)), &whole);
    }
    assert_same(&Decompressor::new(None).decompress_as(&whole, 1 << 20, 0).unwrap().0, &source);
}

#[test]
fn a_frame_of_nothing_records_zero_whatever_was_declared() {
    for values in [vec![], vec![(ZST_C_THREADS, 1)]] {
        let compressor = Compressor::with(&values, None);
        for size in [None, Some(0), Some(10), Some(u64::MAX - 1)] {
            assert_same(&CompressionObj::new(&compressor, size).frame([]), EMPTY_FRAME);
        }
    }
}

#[test]
fn empty_pushes_are_no_input() {
    let compressor = Compressor::new(3, None);
    for size in [None, Some(0), Some(10)] {
        let obj = CompressionObj::new(&compressor, size);
        for _ in 0..40 {
            assert!(obj.compress(&[]).unwrap().is_empty());
        }
        assert_same(&obj.finish().unwrap(), EMPTY_FRAME);
    }
}

#[test]
fn empty_pushes_within_a_frame_change_nothing() {
    let source = text(3, 300_000);
    for values in [vec![], vec![(ZST_C_THREADS, 2)]] {
        let compressor = Compressor::with(&values, None);
        let whole = CompressionObj::new(&compressor, None).frame([&source[..100], &source[100..]]);
        let mut pieces = vec![&source[..100]];
        pieces.extend([&[][..]; 40]);
        pieces.push(&source[100..]);
        pieces.extend([&[][..]; 40]);
        assert_same(&CompressionObj::new(&compressor, None).frame(pieces), &whole);
    }
}

#[test]
fn a_flush_makes_everything_decodable() {
    let source = text(4, 100_000);
    for values in [vec![], vec![(ZST_C_THREADS, 2)]] {
        let compressor = Compressor::with(&values, None);
        let obj = CompressionObj::new(&compressor, None);
        let across = DecompressionObj::new(&Decompressor::new(None), 0);
        let mut content = Vec::new();
        for piece in source.chunks(9000) {
            let mut ready = obj.compress(piece).unwrap().to_vec();
            ready.extend_from_slice(&obj.block().unwrap());
            content.extend_from_slice(&across.decompress(&ready).unwrap().0);
            assert_same(&content, &source[..content.len()]);
            assert_eq!(content.len() as u64, obj.progression().0);
            for _ in 0..20 {
                assert!(obj.block().unwrap().is_empty(), "nothing was pending");
            }
        }
        assert!(across.decompress(&obj.finish().unwrap()).unwrap().0.is_empty());
        assert!(across.eof());
        assert_same(&content, &source);
    }
}

#[test]
fn a_flush_before_anything_else() {
    let obj = CompressionObj::new(&Compressor::new(3, None), None);
    let mut frame = obj.block().unwrap().to_vec();
    frame.extend_from_slice(&obj.block().unwrap());
    frame.extend(obj.frame([&b"foobar"[..]]));
    assert_same(&decode(&[], None, &frame), b"foobar");
}

#[test]
fn more_input_than_declared() {
    let source = noise(5, 1 << 20);
    for values in [vec![], vec![(ZST_C_THREADS, 1)]] {
        let compressor = Compressor::with(&values, None);
        for size in [0, 1, 1000, source.len() as u64 - 1] {
            let obj = CompressionObj::new(&compressor, Some(size));
            // With worker threads, the input is looked at later.
            let failure = obj.compress(&source).and_then(|_| obj.block()).unwrap_err();
            failure.is(ZST_ERROR_ZSTD, SIZE_WRONG);
            let given = source.len();
            let wrong = format!("{SIZE_WRONG}: {size} bytes were declared, {given} were given");
            if values.is_empty() {
                assert_eq!(failure.message, format!("zstd compress error: {wrong}"));
                failure.numbers(size, given as u64);
            }
            for src in [&source[..], b"a", b""] {
                let failure = obj.compress(src).unwrap_err();
                assert_eq!(failure.message, format!("zstd compress error: {wrong}"));
                assert_eq!(failure.zstd_code, zstd_sys::ZSTD_ErrorCode::ZSTD_error_srcSize_wrong as i32);
            }
            for failure in [obj.block().unwrap_err(), obj.finish().unwrap_err()] {
                assert_eq!(
                    (failure.status, &*failure.message),
                    (ZST_ERROR_ZSTD, &*format!("error ending compression stream: {wrong}"))
                );
            }
            // The end is the end even when it fails.
            obj.finish().unwrap_err().is(ZST_ERROR_STATE, "compressor object already finished");
            obj.compress(b"").unwrap_err().is(ZST_ERROR_STATE, "cannot call compress() after compressor finished");
        }
        assert_same(&decode(&[], None, &compressor.compress(&source)), &source);
    }
}

#[test]
fn a_little_more_than_declared_never_makes_a_frame() {
    let compressor = Compressor::new(3, None);
    for (size, fed) in [(0, 1), (5, 6), (10, 500), (1023, 1024), (70_000, 70_001)] {
        let obj = CompressionObj::new(&compressor, Some(size));
        let source = text(1, fed);
        let fed = obj.compress(&source).and_then(|_| obj.finish());
        fed.unwrap_err().is(ZST_ERROR_ZSTD, SIZE_WRONG);
    }
}

#[test]
fn less_input_than_declared() {
    for values in [vec![], vec![(ZST_C_THREADS, 1)]] {
        let compressor = Compressor::with(&values, None);
        for (fed, size) in [(1, 2), (100, 1000), (200_000, 200_001), (300_000, 1 << 40)] {
            let obj = CompressionObj::new(&compressor, Some(size));
            obj.compress(&text(1, fed)).unwrap();
            let failure = obj.finish().unwrap_err();
            let wrong = format!("{SIZE_WRONG}: {size} bytes were declared, {fed} were given");
            assert_eq!(failure.message, format!("error ending compression stream: {wrong}"));
            assert_eq!(failure.status, ZST_ERROR_ZSTD);
            obj.finish().unwrap_err().is(ZST_ERROR_STATE, "compressor object already finished");
        }
        // An earlier flush makes it a frame of the declared size.
        let obj = CompressionObj::new(&compressor, Some(10));
        obj.block().unwrap();
        obj.finish().unwrap_err().is(ZST_ERROR_ZSTD, SIZE_WRONG);
        assert_same(&decode(&[], None, &compressor.compress(b"still fine")), b"still fine");
    }
}

#[test]
fn the_declared_size_is_recorded() {
    let source = text(6, 5000);
    let frame = CompressionObj::new(&Compressor::new(3, None), Some(5000)).frame(source.chunks(77));
    let size = call(|out, err| unsafe {
        zst::ffi::frame::zst_frame_content_size(frame.as_ptr().cast(), frame.len(), 0, out, err)
    });
    assert_eq!(size.unwrap(), 5000);
}

#[test]
fn states_and_their_texts() {
    let compressor = Compressor::new(3, None);
    let obj = CompressionObj::new(&compressor, None);
    for mode in [-1, 2, i32::MAX, i32::MIN] {
        obj.flush(mode).unwrap_err().is(ZST_ERROR_VALUE, "flush mode not recognized");
    }
    obj.compress(b"foobar").unwrap();
    let frame = obj.finish().unwrap();
    let failure = obj.compress(b"x").unwrap_err();
    assert_eq!(
        (failure.status, &*failure.message),
        (ZST_ERROR_STATE, "cannot call compress() after compressor finished")
    );
    for mode in [ZST_COMPRESSOBJ_FLUSH_BLOCK, ZST_COMPRESSOBJ_FLUSH_FINISH] {
        let failure = obj.flush(mode).unwrap_err();
        assert_eq!((failure.status, &*failure.message), (ZST_ERROR_STATE, "compressor object already finished"));
    }
    obj.flush(2).unwrap_err().is(ZST_ERROR_VALUE, "flush mode not recognized");
    assert_eq!(obj.progression(), (6, 6, frame.len() as u64));
    assert_same(&decode(&[], None, &frame), b"foobar");
}

#[test]
fn progression_is_that_of_the_contract() {
    let compressor = Compressor::new(3, None);
    assert_eq!(compressor.progression(), (0, 0, 0));
    let obj = CompressionObj::new(&compressor, None);
    assert_eq!((obj.progression(), compressor.progression()), ((0, 0, 0), (0, 0, 0)));
    obj.compress(b"foobar").unwrap();
    assert_eq!((obj.progression(), compressor.progression()), ((6, 0, 0), (6, 0, 0)));
    assert_eq!(obj.finish().unwrap().len(), 15);
    assert_eq!((obj.progression(), compressor.progression()), ((6, 6, 15), (6, 6, 15)));
    // Another operation leaves the obj's figures alone.
    let size = compressor.compress(&[1; 100]).len() as u64;
    assert_eq!((obj.progression(), compressor.progression()), ((6, 6, 15), (100, 100, size)));
    drop(obj);
    assert_eq!(compressor.progression(), (100, 100, size));
}

#[test]
fn an_unusable_dictionary_is_told_by_each_operation() {
    let mut broken = trained().to_vec();
    broken[8..200].fill(0xFF);
    for (bytes, dict_type) in [(broken, ZST_DICT_TYPE_FULLDICT), (noise(1, 500), ZST_DICT_TYPE_FULLDICT)] {
        let dict = Dict::new(&bytes, dict_type);
        let compressor = Compressor::new(3, &dict);
        for _ in 0..2 {
            let obj = CompressionObj::new(&compressor, None);
            let failure = obj.compress(b"x").unwrap_err();
            failure.is(ZST_ERROR_ZSTD, "zstd compress error: ").is(ZST_ERROR_ZSTD, "dictionary");
            obj.finish().unwrap_err().is(ZST_ERROR_ZSTD, "error ending compression stream: ");
        }
    }
}

#[test]
fn null_pointers() {
    let compressor = Compressor::new(3, None);
    let obj = CompressionObj::new(&compressor, None);
    let unknown = ZST_CONTENTSIZE_UNKNOWN;
    let made = Untouched::new();
    refuses_null("compressor", |err| unsafe { zst_compressor_compressobj(null(), unknown, made.ptr(), err) });
    refuses_null("out", |err| unsafe { zst_compressor_compressobj(compressor.raw(), unknown, null_mut(), err) });
    let (bytes, figures) = (Untouched::new(), Untouched::new());
    let src = c"abc".as_ptr().cast();
    refuses_null("obj", |err| unsafe { zst_compression_obj_compress(null(), src, 3, bytes.ptr(), err) });
    refuses_null("src", |err| unsafe { zst_compression_obj_compress(obj.raw(), null(), 3, bytes.ptr(), err) });
    refuses("src is more than any buffer can have", |err| unsafe {
        zst_compression_obj_compress(obj.raw(), src, usize::MAX, bytes.ptr(), err)
    });
    refuses_null("out", |err| unsafe { zst_compression_obj_compress(obj.raw(), src, 3, null_mut(), err) });
    refuses_null("obj", |err| unsafe { zst_compression_obj_flush(null(), 0, bytes.ptr(), err) });
    refuses_null("out", |err| unsafe { zst_compression_obj_flush(obj.raw(), 0, null_mut(), err) });
    refuses_null("obj", |err| unsafe { zst_compression_obj_frame_progression(null(), figures.ptr(), err) });
    refuses_null("out", |err| unsafe { zst_compression_obj_frame_progression(obj.raw(), null_mut(), err) });
    unsafe { zst_compression_obj_free(null_mut()) };
    // Nothing of that has happened: the frame is empty.
    let nothing =
        call(|out, err| unsafe { zst_compression_obj_compress(obj.raw(), null(), 0, out, err) }).map(Bytes).unwrap();
    assert!(nothing.is_empty());
    assert_eq!(obj.progression(), (0, 0, 0));
    assert_same(&decode(&[], None, &obj.finish().unwrap()), b"");
}

#[test]
fn the_final_figures_count_the_end_of_the_frame() {
    for threads in [0, 2] {
        let compressor = Compressor::with(&[(ZST_C_WRITE_CHECKSUM, 1), (ZST_C_THREADS, threads)], None);
        for len in [0, 5, 3 << 20] {
            let obj = CompressionObj::new(&compressor, None);
            let frame = obj.frame([&text(1, len)[..]]);
            let figures = (len as u64, len as u64, frame.len() as u64);
            assert_eq!((obj.progression(), compressor.progression()), (figures, figures));
        }
    }
}
