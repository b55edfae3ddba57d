//! Any bytes through everything that decompresses, beside libzstd.
//!
//! Where this library is stricter on purpose the comparison knows it: input that is cut is an error wherever there is no
//! other way to tell, and so is a frame whose recorded size is not the real one.

use crate::choices::{Choices, Settings};
use crate::reference::{Reference, Tail};
use crate::support::*;
use crate::support_readers::*;
use crate::support_sinks::*;
use crate::support_sources::Source;
use crate::support_streams::*;
use std::ptr::null;
use zst::ffi::copy_stream::*;
use zst::ffi::decompression_obj::*;
use zst::ffi::decompressor::*;
use zst::ffi::status::*;

/// What came of the input as a stream.
struct Outcome {
    content: Vec<u8>,
    failure: Option<Failure>,
    /// A cut is a failure.
    strict: bool,
    /// What comes before an error is not lost.
    careful: bool,
}

pub fn decompress(data: &[u8]) {
    let mut choices = Choices::new(data);
    let mut settings = Settings::choose(&mut choices);
    let ways: [u8; 3] = [choices.number(), choices.number(), choices.number()];
    let max_output_size = choices.one_of(&[0, 0, 1, 1000, 1 << 20]);
    let (piece_in, piece_out) = (choices.piece(), choices.piece());
    let input = choices.rest();

    let reference = Reference::of(input, &settings);
    if reference.is_none() && settings.max_output_size == 0 {
        settings.max_output_size = 1 << 20;
    }
    // A step for each byte takes too long when there are many.
    let most = reference.as_ref().map_or(1 << 20, |reference| reference.content.len());
    let (piece_in, piece_out) = (piece_in.max(input.len() / 100), piece_out.max(most / 100));
    let decompressor = settings.decompressor();
    one_shot(&decompressor, &settings, input, reference.as_ref(), max_output_size, i32::from(ways[0] & 7));
    let threads = if ways[0] >> 5 == 7 { 2 } else { 0 };
    batch(&decompressor, input, reference.as_ref(), threads);
    let outcome = stream(&decompressor, input, ways, piece_in, piece_out);
    if settings.max_output_size > 0 {
        assert!(outcome.content.len() as i64 <= settings.max_output_size, "more than the limit");
    }
    if let Some(reference) = &reference {
        compare(outcome, reference, &settings);
    }
    first_frame(&decompressor, &settings, input, reference.as_ref(), (piece_in, piece_out), ways[1]);
}

fn one_shot(
    decompressor: &Decompressor,
    settings: &Settings,
    input: &[u8],
    reference: Option<&Reference>,
    max_output_size: u64,
    flags: i32,
) {
    let across = flags & ZST_DECOMPRESS_READ_ACROSS_FRAMES != 0;
    let result = decompressor.decompress_as(input, max_output_size, flags);
    let mut dst = vec![0; result.as_ref().map_or(1000, |(content, _)| content.len())];
    match (&result, decompressor.decompress_into(input, max_output_size, flags, &mut dst)) {
        (Ok((content, used)), Ok((len, used_into))) => {
            assert_same(content, &dst[..len]);
            assert_eq!(*used, used_into);
        }
        (Ok(_), Err(failure)) => panic!("not into the right amount of memory: {failure:?}"),
        (Err(failure), Ok(_)) => panic!("only into a place: {failure:?}"),
        (Err(_), Err(_)) => {}
    }
    let limit = if settings.max_output_size > 0 { settings.max_output_size as u64 } else { u64::MAX };
    if let Ok((content, used)) = &result {
        assert!(content.len() as u64 <= limit && *used <= input.len());
        assert!(flags & ZST_DECOMPRESS_REFUSE_EXTRA_DATA == 0 || *used == input.len());
    }
    let Some(reference) = reference else { return };
    let last = if across { reference.frames.last() } else { reference.first().or(reference.frames.last()) };
    match result {
        Ok((content, used)) => {
            let last = last.expect("libzstd finds no frame");
            assert_eq!(used, last.end);
            assert_same(&content, &reference.content[..last.content_end]);
        }
        Err(failure) => {
            let sizes = flags & ZST_DECOMPRESS_REQUIRE_CONTENT_SIZE != 0;
            let extra = flags & ZST_DECOMPRESS_REFUSE_EXTRA_DATA != 0;
            match failure.status {
                ZST_ERROR_LIMIT => {
                    let limit = limit.min(if max_output_size > 0 { max_output_size } else { u64::MAX });
                    let beyond = reference.content.len() as u64 > limit;
                    assert!(beyond || reference.tail == Tail::Bad, "{failure:?}");
                }
                // A frame may also be cut behind what is damaged.
                ZST_ERROR_TRUNCATED => assert!(input.is_empty() || reference.tail != Tail::End, "{failure:?}"),
                _ if reference.tail == Tail::End && !input.is_empty() => assert!(sizes || extra, "{failure:?}"),
                _ if !across && reference.first().is_some() => assert!(sizes || extra, "{failure:?}"),
                _ => {}
            }
        }
    }
}

fn batch(decompressor: &Decompressor, input: &[u8], reference: Option<&Reference>, threads: i32) {
    let results = decompressor.batch(&[input, input], threads);
    let Some(reference) = reference else { return };
    match results {
        Ok(results) => {
            let last = reference.first().or(reference.frames.last()).expect("libzstd finds no frame");
            for item in results.items() {
                assert_same(&item, &reference.content[..last.content_end]);
            }
        }
        Err(failure) if failure.status == ZST_ERROR_LIMIT => {}
        Err(failure) => assert!(reference.first().is_none_or(|frame| !frame.sized), "{failure:?}"),
    }
}

/// All frames, in one of the ways.
fn stream(decompressor: &Decompressor, input: &[u8], ways: [u8; 3], piece_in: usize, piece_out: usize) -> Outcome {
    let strict = ways[1] & 1 != 0;
    let flags = if strict { ZST_DECOMPRESS_STRICT } else { 0 };
    let across = if ways[1] & 2 != 0 { ZST_DECOMPRESS_READ_ACROSS_FRAMES } else { 0 };
    match ways[0] % 8 {
        0 => {
            let obj = DecompressionObj::new(decompressor, ACROSS);
            let (content, result) = obj.push_all(input, piece_in);
            Outcome { content, failure: result.err(), strict: false, careful: false }
        }
        1 => obj_into(&DecompressionObj::new(decompressor, ACROSS), input, piece_in, piece_out).0,
        2 => {
            let (pieces, result) = DecompressionChunker::new(decompressor, piece_out).push_all(input, piece_in);
            Outcome { content: pieces.concat(), failure: result.err(), strict: true, careful: true }
        }
        3 => {
            let sizes = (piece_in, piece_out, 0);
            let source = Source::blocks(input, piece_in);
            let iterator = DecompressorIterator::try_new(decompressor, source, sizes, flags | ACROSS).unwrap();
            drained(iterator.drain(Way::Next), strict, true)
        }
        4 => {
            let sink = TestSink::of(piece_out, if ways[2] & 1 != 0 { Act::TakeHalf } else { Act::Take });
            let writer = DecompressionWriter::new(decompressor, &sink, flags);
            let mut failure = input.chunks(piece_in).find_map(|piece| writer.write(piece).err());
            if failure.is_none() {
                failure = writer.close().err();
            }
            drop(writer);
            Outcome { content: sink.bytes(), failure, strict, careful: true }
        }
        5 => {
            let sink = TestSink::takes_all(piece_out);
            let source = Source::blocks(input, piece_in);
            let flags = if strict { 0 } else { ZST_DECOMPRESS_ALLOW_TRUNCATED };
            let copied = call2(|read, written, err| unsafe {
                let (source, sink) = (&source.raw, &sink.raw());
                let raw = decompressor.raw();
                zst_decompressor_copy_stream(raw, source, sink, piece_in, piece_out, flags, null(), read, written, err)
            });
            if let Ok((read, written)) = copied {
                assert_eq!((read, written), (input.len() as u64, sink.len() as u64));
            }
            Outcome { content: sink.bytes(), failure: copied.err(), strict, careful: true }
        }
        _ => {
            let source = if ways[2] & 8 != 0 { Source::memory(input) } else { Source::blocks(input, piece_in) };
            let reader = DecompressionReader::try_new(decompressor, source, piece_in, flags | across).unwrap();
            let way = [Read(piece_out), Read1(piece_out), ReadInto(piece_out), ReadInto1(piece_out), ReadAll]
                [usize::from(ways[2] & 7) % 5];
            drained(reader.drain(way), strict, way != ReadAll)
        }
    }
}

fn drained((content, failures): (Vec<u8>, Vec<Failure>), strict: bool, careful: bool) -> Outcome {
    Outcome { content, failure: failures.into_iter().next(), strict, careful }
}

/// The content, and the bytes of `input` that were used.
fn obj_into(obj: &DecompressionObj, input: &[u8], piece_in: usize, piece_out: usize) -> (Outcome, usize) {
    let mut dst = vec![0u8; piece_out];
    let (mut content, mut used, mut failure) = (Vec::new(), 0, None);
    'input: for piece in input.chunks(piece_in) {
        let mut rest = piece;
        loop {
            let step = call2(|len, used, err| unsafe {
                let (dst, size) = (dst.as_mut_ptr().cast(), dst.len());
                zst_decompression_obj_decompress_into(
                    obj.raw(),
                    rest.as_ptr().cast(),
                    rest.len(),
                    dst,
                    size,
                    len,
                    used,
                    err,
                )
            });
            match step {
                Ok((len, taken)) => {
                    content.extend_from_slice(&dst[..len]);
                    used += taken;
                    rest = &rest[taken..];
                    if obj.eof() {
                        break 'input;
                    }
                    if len < dst.len() && rest.is_empty() {
                        break;
                    }
                }
                Err(error) => {
                    failure = Some(error);
                    break 'input;
                }
            }
        }
    }
    (Outcome { content, failure, strict: false, careful: true }, used)
}

fn compare(outcome: Outcome, reference: &Reference, settings: &Settings) {
    let Outcome { content, failure, strict, careful } = outcome;
    let common = content.len().min(reference.content.len());
    assert_same(&content[..common], &reference.content[..common]);
    let complete = reference.complete().len();
    let status = failure.as_ref().map_or(ZST_OK, |failure| failure.status);
    if status == ZST_ERROR_LIMIT && (settings.max_output_size > 0 || reference.tail == Tail::Bad) {
        return;
    }
    assert!(content.len() >= complete || failure.is_some() && !careful, "content is lost: {failure:?}");
    match reference.tail {
        Tail::End => assert!(failure.is_none() && content.len() == complete, "{failure:?}"),
        Tail::Cut if strict => assert_eq!(status, ZST_ERROR_TRUNCATED, "{failure:?}"),
        Tail::Cut => assert_eq!(status, ZST_OK, "{failure:?}"),
        Tail::Bad => assert_eq!(status, ZST_ERROR_ZSTD, "{failure:?}"),
    }
}

/// What stops at the end of the first frame.
fn first_frame(
    decompressor: &Decompressor,
    settings: &Settings,
    input: &[u8],
    reference: Option<&Reference>,
    (piece_in, piece_out): (usize, usize),
    way: u8,
) {
    let source = Source::blocks(input, piece_in);
    let (frame, content, used) = match way >> 6 {
        0 => {
            let obj = DecompressionObj::new(decompressor, 0);
            let (content, used) = obj.push_all(input, piece_in);
            (reference.and_then(|reference| reference.frames.first()), content, used.ok().filter(|_| obj.eof()))
        }
        1 => {
            let obj = DecompressionObj::new(decompressor, 0);
            let (outcome, used) = obj_into(&obj, input, piece_in, piece_out);
            let used = Some(used).filter(|_| outcome.failure.is_none() && obj.eof());
            (reference.and_then(|reference| reference.frames.first()), outcome.content, used)
        }
        _ => {
            let iterator = DecompressorIterator::new(decompressor, source, piece_out, 0);
            let (content, failures) = iterator.drain(Way::Next);
            if !failures.is_empty() {
                return;
            }
            let unused = iterator.unused();
            let frame = reference.and_then(Reference::first);
            let used = frame.filter(|frame| input[frame.end..].starts_with(&unused)).map(|frame| frame.end);
            (frame, content, used)
        }
    };
    let Some(reference) = reference else { return };
    match frame {
        Some(frame) if settings.max_output_size == 0 => {
            assert_eq!(used, Some(frame.end));
            assert_same(&content, &reference.content[..frame.content_end]);
        }
        Some(_) => {}
        None => assert_eq!(used, None, "libzstd finds no frame"),
    }
}
