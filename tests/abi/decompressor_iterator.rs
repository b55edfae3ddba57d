//! `zst_decompressor_iterator`: pieces of content, read from a source.

use crate::decompression_obj::small_window;
use crate::raw;
use crate::support::*;
use crate::support_readers::*;
use crate::support_sources::*;
use crate::support_streams::*;
use std::ptr::{null, null_mut};
use zst::ffi::compression_dict::*;
use zst::ffi::decompression_parameters::*;
use zst::ffi::decompressor::*;
use zst::ffi::decompressor_iterator::*;
use zst::ffi::status::*;

const STRICT: i32 = ZST_DECOMPRESS_STRICT;

fn frame_of(content: &[u8]) -> Vec<u8> {
    Compressor::new(3, None).compress(content).to_vec()
}

fn iterate(input: &[u8], block: usize, write_size: usize, flags: i32) -> DecompressorIterator {
    DecompressorIterator::new(&Decompressor::new(None), Source::blocks(input, block), write_size, flags)
}

#[test]
fn any_setting_any_size() {
    let content = text(1, 200);
    let dict = Dict::new(trained(), ZST_DICT_TYPE_AUTO);
    for (name, values) in settings() {
        for dict in [None, Some(&dict)] {
            let parameters = DecompressionParameters::new(&[(ZST_D_FORMAT, i64::from(name == "magicless"))]);
            let decompressor = Decompressor::try_from(&parameters, dict).unwrap();
            let frame = Compressor::with(&values, dict).compress(&content).to_vec();
            for write_size in [1, 3, 199, 201] {
                for block in [1, 7, 1000] {
                    for flags in [0, ACROSS, STRICT] {
                        let source = Source::blocks(&frame, block);
                        let iterator = DecompressorIterator::new(&decompressor, source, write_size, flags);
                        let mut got = Vec::new();
                        loop {
                            let piece = iterator.get(Next).unwrap();
                            assert!(piece.len() <= write_size);
                            if piece.is_empty() {
                                break;
                            }
                            got.extend(piece);
                        }
                        assert_same(&got, &content);
                    }
                }
            }
        }
    }
    for content in [noise(2, 500_000), vec![5; 3_000_000]] {
        for frame in [frame_of(&content), small_window(&content)] {
            for (block, write_size) in [(1000, 1 << 20), (131_075, 131_072), (frame.len(), 10_000)] {
                assert_same(&iterate(&frame, block, write_size, 0).all(Next), &content);
            }
            let iterator = DecompressorIterator::new(&Decompressor::new(None), Source::memory(&frame), 777, 0);
            assert_same(&iterator.all(Next), &content);
        }
    }
}

#[test]
fn one_frame_and_what_is_behind_it() {
    let content = text(3, 300);
    let frame = frame_of(&content);
    for behind in [&b""[..], b"j", b"junkjunk", SKIPPABLE, &frame] {
        for before in [&b""[..], SKIPPABLE, &SKIPPABLE.repeat(2)] {
            let used = before.len() + frame.len();
            let input = [before, &frame, behind].concat();
            for block in [1, 3, 20, used, used + 1, input.len()] {
                for flags in [0, STRICT] {
                    let iterator = iterate(&input, block, 100, flags);
                    assert!(iterator.unused().is_empty());
                    assert_same(&iterator.all(Next), &content);
                    // It has read as far as it had to; the rest of that block is not used.
                    let reads = used.div_ceil(block);
                    assert_eq!(iterator.script().reads() as usize, reads);
                    assert_same(&iterator.unused(), &input[used..(reads * block).min(input.len())]);
                    assert!(iterator.get(Next).unwrap().is_empty());
                    assert_eq!(iterator.script().reads() as usize, reads);
                }
            }
            let iterator = DecompressorIterator::new(&Decompressor::new(None), Source::memory(&input), 1000, 0);
            assert_same(&iterator.all(Next), &content);
            assert_same(&iterator.unused(), behind);
        }
    }
}

#[test]
fn across_frames() {
    let (a, b) = (vec![b'a'; 300], text(4, 400));
    let input =
        [SKIPPABLE, EMPTY_FRAME, &frame_of(&a), SKIPPABLE, EMPTY_FRAME, &raw::unknown_size(&b), SKIPPABLE].concat();
    for block in (1..20).step_by(3).chain([input.len()]) {
        for write_size in [1, 10, 1000] {
            for flags in [ACROSS, ACROSS | STRICT] {
                let iterator = iterate(&input, block, write_size, flags);
                assert_same(&iterator.all(Next), &[&a[..], &b].concat());
                assert_eq!(iterator.script().reads() as usize, input.len().div_ceil(block) + 1);
                assert!(iterator.unused().is_empty());
            }
            // One frame, which is empty.
            assert!(iterate(&input, block, write_size, 0).all(Next).is_empty());
        }
    }
    for frame in [EMPTY_FRAME, SKIPPABLE] {
        let input = [&frame.repeat(100_000)[..], &frame_of(b"end")].concat();
        for block in [1000, input.len()] {
            assert_same(&iterate(&input, block, 10, ACROSS).all(Next), b"end");
        }
    }
}

#[test]
fn bytes_to_skip() {
    let content = text(5, 300);
    let input = [&b"header"[..], &frame_of(&content)].concat();
    let decompressor = Decompressor::new(None);
    let new = |source, read_size, skip| DecompressorIterator::try_new(&decompressor, source, (read_size, 50, skip), 0);
    for block in [7, 10, input.len()] {
        assert_same(&new(Source::blocks(&input, block), 7, 6).unwrap().all(Next), &content);
    }
    for (read_size, skip) in [(1, 1), (6, 6), (6, 7), (1, usize::MAX)] {
        let failure = new(Source::blocks(&input, 10), read_size, skip).err().unwrap();
        assert_eq!((failure.status, &*failure.message), (ZST_ERROR_VALUE, "skip_bytes must be smaller than read_size"));
    }
    for block in [1, 5, 6] {
        let iterator = new(Source::blocks(&input, block), 7, 6).unwrap();
        for _ in 0..3 {
            let text = "skip_bytes larger than first input chunk; this scenario is currently unsupported";
            iterator.get(Next).unwrap_err().is(ZST_ERROR_VALUE, text);
        }
        assert_eq!(iterator.script().reads(), 1);
    }
    assert!(new(Source::new([]), 7, 6).unwrap().all(Next).is_empty());
    // Only in the first block, and after a fault too.
    let steps = [Step::Say(5), WOULD_BLOCK].into_iter().chain(lend(&input, 10));
    let (got, failures) = new(Source::new(steps), 7, 6).unwrap().drain(Next);
    assert_same(&got, &content);
    assert_eq!(failures.len(), 2);
}

#[test]
fn input_that_ends_inside_a_frame() {
    let content = text(6, 3000);
    let frame = raw::Compressor::with(&[]).compress_flushed(content.chunks(1000));
    for (frame, flags) in [(&frame[..], 0), (&frame, ACROSS), (EMPTY_FRAME, 0), (SKIPPABLE, 0)] {
        for cut in (0..frame.len()).step_by(1 + frame.len() / 100).chain([frame.len() - 1]) {
            let lax = iterate(&frame[..cut], 50, 77, flags).all(Next);
            assert!(content.starts_with(&lax));
            let (strict, failures) = iterate(&frame[..cut], 50, 77, flags | STRICT).drain(Next);
            assert_same(&strict, &lax);
            assert_eq!(failures.len(), if cut == 0 { 0 } else { 20 });
            for failure in failures {
                failure.is(ZST_ERROR_TRUNCATED, "zstd decompress error: input ends inside a frame");
            }
        }
    }
}

#[test]
fn content_comes_first_then_the_error_again_and_again() {
    let frame = frame_of(&[b'a'; 300]);
    let input = [&frame[..], b"junkjunk"].concat();
    for block in [1, 10, input.len()] {
        for write_size in [1, 300, 1000] {
            let (content, failures) = iterate(&input, block, write_size, ACROSS).drain(Next);
            assert_same(&content, &[b'a'; 300]);
            assert_eq!(failures.len(), 20);
            for failure in failures {
                failure.is(ZST_ERROR_ZSTD, "zstd decompress error: Unknown frame descriptor");
            }
        }
    }
    let input = raw::unknown_size(&text(7, 1000)).repeat(2);
    for limit in [1, 999, 1000, 1999] {
        let decompressor = Decompressor::with(&[(ZST_D_MAX_OUTPUT_SIZE, limit)]);
        let iterator = DecompressorIterator::new(&decompressor, Source::blocks(&input, 10), 30, ACROSS);
        let (content, failures) = iterator.drain(Next);
        assert!(content.len() <= limit as usize && failures.len() == 20);
        failures[19].is(ZST_ERROR_LIMIT, &format!("{limit} bytes have been produced"));
    }
    let dict = Dict::new(trained(), ZST_DICT_TYPE_AUTO);
    let frame = Compressor::new(3, &dict).compress(b"foo").to_vec();
    iterate(&frame, 5, 30, 0).get(Next).unwrap_err().is(ZST_ERROR_ZSTD, "Dictionary mismatch");
    let decompressor = Decompressor::with(&[(ZST_D_MAX_WINDOW_SIZE, 1024)]);
    let frame = small_window(&text(8, 100_000));
    let iterator = DecompressorIterator::new(&decompressor, Source::blocks(&frame, 1000), 30, 0);
    iterator.get(Next).unwrap_err().is(ZST_ERROR_LIMIT, "Frame requires too much memory");
}

#[test]
fn faults_of_the_source_lose_nothing() {
    for (content, write_size) in [(text(9, 900), 10), (noise(9, 400_000), 131_072)] {
        let half = content.len() / 2;
        let input = [frame_of(&content[..half]), frame_of(&content[half..])].concat();
        faults_lose_nothing(&input, &content, &NEXT_WAYS, |source| iterate_on(source, write_size));
    }
}

fn iterate_on(source: Source, write_size: usize) -> DecompressorIterator {
    DecompressorIterator::new(&Decompressor::new(None), source, write_size, ACROSS)
}

#[test]
fn callbacks_of_its_own() {
    let content = text(10, 3000);
    let open = |source| iterate_on(source, 100);
    callbacks_may_use_their_own_stream(&frame_of(&content), &content, &NEXT_WAYS, open, |iterator| {
        let (data, len) = (Untouched::new(), Untouched::new());
        let unused =
            call0(|err| unsafe { zst_decompressor_iterator_unused_data(iterator.raw(), data.ptr(), len.ptr(), err) });
        unused.unwrap_err().is(ZST_ERROR_BUSY, "busy");
    });
}

#[test]
fn the_parent_may_go_first() {
    let content = text(11, 30_000);
    let dict = Dict::new(trained(), ZST_DICT_TYPE_AUTO);
    let frame = Compressor::new(3, &dict).compress(&content).to_vec();
    let decompressor = Decompressor::new(&dict);
    let iterator = DecompressorIterator::new(&decompressor, Source::blocks(&frame, 1000), 1000, 0);
    let mut got = iterator.get(Next).unwrap();
    assert_same(&decompressor.decompress(&frame).unwrap(), &content);
    drop((decompressor, dict));
    got.extend(iterator.all(Next));
    assert_same(&got, &content);
}

#[test]
fn flags_sizes_and_null_pointers() {
    let decompressor = Decompressor::new(None);
    for flags in [2, 4, 16, 32, -1, i32::MIN] {
        let failure = DecompressorIterator::try_new(&decompressor, Source::new([]), (1, 1, 0), flags).err().unwrap();
        failure.is(ZST_ERROR_VALUE, "unknown flags");
    }
    for (sizes, name) in [((0, 1, 0), "read_size"), ((1, 0, 0), "write_size")] {
        let failure = DecompressorIterator::try_new(&decompressor, Source::new([]), sizes, 0).err().unwrap();
        failure.is(ZST_ERROR_VALUE, &format!("{name} must be positive"));
    }
    let failure = DecompressorIterator::try_new(&decompressor, Source::new([]), (1, usize::MAX, 0), 0).err().unwrap();
    failure.is(ZST_ERROR_MEMORY, "not enough memory");
    let made = Untouched::new();
    let new = |decompressor, source: Option<Source>, out, err| {
        let raw = source.as_ref().map_or(null(), |source| &raw const source.raw);
        let status = unsafe { zst_decompressor_read_to_iter(decompressor, raw, 1, 1, 0, 0, out, err) };
        source.inspect(|source| assert_eq!(source.script().drops(), 1));
        status
    };
    let some = || Some(Source::new([]));
    refuses_null("decompressor", |err| new(null(), some(), made.ptr(), err));
    refuses_null("source", |err| new(decompressor.raw(), None, made.ptr(), err));
    refuses_null("out", |err| new(decompressor.raw(), some(), null_mut(), err));
    refuses_null("source->read", |err| {
        let mut source = Source::new([]);
        source.raw.read = None;
        new(decompressor.raw(), Some(source), made.ptr(), err)
    });
    let iterator = iterate(&frame_of(b"foo"), 100, 100, 0);
    let (data, len) = (Untouched::new(), Untouched::new());
    for function in [zst_decompressor_iterator_next, zst_decompressor_iterator_unused_data] {
        refuses_null("iterator", |err| unsafe { function(null(), data.ptr(), len.ptr(), err) });
        refuses_null("out_data", |err| unsafe { function(iterator.raw(), null_mut(), len.ptr(), err) });
        refuses_null("out_len", |err| unsafe { function(iterator.raw(), data.ptr(), null_mut(), err) });
    }
    let mut byte = 0xA5u8;
    let dst = (&raw mut byte).cast();
    let into = |iterator, dst, dst_len, len, err| unsafe {
        zst_decompressor_iterator_next_into(iterator, dst, dst_len, len, err)
    };
    refuses_null("iterator", |err| into(null(), dst, 1, len.ptr(), err));
    refuses_null("dst", |err| into(iterator.raw(), null_mut(), 1, len.ptr(), err));
    refuses_null("out_len", |err| into(iterator.raw(), dst, 1, null_mut(), err));
    iterator.fetch(ReadInto(0)).unwrap_err().is(ZST_ERROR_VALUE, "dst_len must be positive");
    unsafe { zst_decompressor_iterator_free(null_mut()) };
    assert_eq!((iterator.script().reads(), byte), (0, 0xA5));
    assert_same(&iterator.all(Next), b"foo");
}
