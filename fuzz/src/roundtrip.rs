//! Any content through every way to compress it, with any parameters, and back through every way to decompress it.

use crate::choices::{Choices, dictionaries};
use crate::support::*;
use crate::support_readers::*;
use crate::support_sinks::*;
use crate::support_sources::Source;
use crate::support_streams::*;
use std::ptr::null;
use zst::ffi::compression_obj::*;
use zst::ffi::compression_parameters::*;
use zst::ffi::copy_stream::*;
use zst::ffi::decompression_parameters::*;
use zst::ffi::decompressor::ZST_DECOMPRESS_STRICT;
use zst::ffi::library::*;
use zst::ffi::status::*;

pub fn roundtrip(data: &[u8]) {
    let mut choices = Choices::new(data);
    let dict = [None, None, Some(&dictionaries()[0]), Some(&dictionaries()[1])][usize::from(choices.below(4))];
    let parameters = parameters(&mut choices);
    let (to, from) = (choices.below(9), choices.below(7));
    let (piece_in, piece_out) = (choices.piece(), choices.piece());
    let known = choices.yes();
    let repeated = usize::from(choices.number::<u8>());
    // Some that compresses, and some that is anything.
    let mut content = text(u64::from(choices.number::<u8>()), 16 * usize::from(choices.number::<u8>()));
    let rest = choices.rest();
    content.extend_from_slice(rest);
    content.extend(rest.iter().cycle().take(if rest.is_empty() { 0 } else { 8 * repeated }));
    // A step for each byte takes too long when there are many.
    let (piece_in, piece_out) = (piece_in.max(content.len() / 100), piece_out.max(content.len() / 100));

    let get = |parameter| parameters.get(parameter).unwrap();
    let format = i64::from(get(ZST_C_FORMAT));
    let Some(compressor) = compressor(&parameters, dict) else { return };
    let Some(frame) = compress(&compressor, &content, to, known, piece_in, piece_out) else { return };

    let limits = [(ZST_D_FORMAT, format), (ZST_D_MAX_WINDOW_SIZE, 1 << 31)];
    let decompressor = Decompressor::try_from(&DecompressionParameters::new(&limits), dict).unwrap();
    assert_same(&decompress(&decompressor, &frame, content.len(), from, piece_in, piece_out), &content);
    let (src, len) = (frame.as_ptr().cast(), frame.len());
    let bound = call(|out, err| unsafe { zst::ffi::frame::zst_decompress_bound(src, len, format as i32, out, err) });
    assert!(bound.unwrap() >= content.len() as u64);
}

/// Some of them at any value within their bounds, but no large tables.
fn parameters(choices: &mut Choices) -> CompressionParameters {
    const OPEN: [i32; 31] = [
        ZST_C_FORMAT,
        ZST_C_COMPRESSION_LEVEL,
        ZST_C_SEARCH_LOG,
        ZST_C_MIN_MATCH,
        ZST_C_TARGET_LENGTH,
        ZST_C_STRATEGY,
        ZST_C_TARGET_BLOCK_SIZE,
        ZST_C_ENABLE_LDM,
        ZST_C_LDM_MIN_MATCH,
        ZST_C_LDM_BUCKET_SIZE_LOG,
        ZST_C_LDM_HASH_RATE_LOG,
        ZST_C_WRITE_CONTENT_SIZE,
        ZST_C_WRITE_CHECKSUM,
        ZST_C_WRITE_DICT_ID,
        ZST_C_OVERLAP_LOG,
        ZST_C_RSYNCABLE,
        ZST_C_FORCE_MAX_WINDOW,
        ZST_C_FORCE_ATTACH_DICT,
        ZST_C_LITERAL_COMPRESSION_MODE,
        ZST_C_SOURCE_SIZE_HINT,
        ZST_C_ENABLE_DEDICATED_DICT_SEARCH,
        ZST_C_SPLIT_AFTER_SEQUENCES,
        ZST_C_USE_ROW_MATCH_FINDER,
        ZST_C_DETERMINISTIC_REF_PREFIX,
        ZST_C_PREFETCH_CDICT_TABLES,
        ZST_C_MAX_BLOCK_SIZE,
        ZST_C_REPCODE_RESOLUTION,
        ZST_C_BLOCK_SPLITTER_LEVEL,
        ZST_C_BLOCK_DELIMITERS,
        ZST_C_VALIDATE_SEQUENCES,
        ZST_C_ENABLE_SEQUENCE_PRODUCER_FALLBACK,
    ];
    let log = |choices: &mut Choices| 6 + i32::from(choices.below(12));
    let parameters = CompressionParameters::new(&[
        (ZST_C_WINDOW_LOG, log(choices).max(10)),
        (ZST_C_HASH_LOG, log(choices)),
        (ZST_C_CHAIN_LOG, log(choices)),
        (ZST_C_LDM_HASH_LOG, log(choices)),
    ]);
    for _ in 0..choices.below(6) {
        let parameter = choices.one_of(&OPEN);
        let (min, max) =
            call2(|min, max, err| unsafe { zst_compression_parameters_bounds(parameter, min, max, err) }).unwrap();
        let value = match choices.below(4) {
            0 => min.max(-100),
            1 => max,
            _ => i32::from(choices.number::<u8>()).clamp(min, max),
        };
        parameters.set(parameter, value).unwrap();
        // Level 0 is the default level.
        let default = (parameter, value) == (ZST_C_COMPRESSION_LEVEL, 0);
        assert!(default || parameters.get(parameter).unwrap() == value);
    }
    if choices.below(32) == 31 {
        parameters.set(ZST_C_THREADS, 2).unwrap();
    }
    // Anything at all is a value or an error.
    let _ = parameters.set(choices.number(), choices.number::<i16>().into());
    // What is anything may also be these.
    for (parameter, most) in [(ZST_C_WINDOW_LOG, 18), (ZST_C_THREADS, 2), (ZST_C_LDM_HASH_LOG, 18)] {
        let value = parameters.get(parameter).unwrap();
        parameters.set(parameter, value.min(most)).unwrap();
    }
    for parameter in [ZST_C_HASH_LOG, ZST_C_CHAIN_LOG, ZST_C_SEARCH_LOG] {
        let value = parameters.get(parameter).unwrap();
        parameters.set(parameter, value.min(12)).unwrap();
    }
    parameters
}

fn compressor(parameters: &CompressionParameters, dict: Option<&Dict>) -> Option<Compressor> {
    let dict = dict.map_or(null(), Dict::raw);
    let parameters = parameters.raw();
    call(|out, err| unsafe { zst::ffi::compressor::zst_compressor_new_from_parameters(parameters, dict, out, err) })
        .ok()
        .map(Compressor::own)
}

/// None when the parameters do not fit together.
fn compress(
    compressor: &Compressor,
    content: &[u8],
    way: u8,
    known: bool,
    piece_in: usize,
    piece_out: usize,
) -> Option<Vec<u8>> {
    let size = known.then_some(content.len() as u64);
    let frame = match way {
        0 => compressor.try_compress(content).map(|frame| frame.to_vec()),
        1 => {
            let bound = zst::ffi::compressor::zst_compress_bound(content.len());
            let mut dst = vec![0; bound];
            compressor.compress_into(content, &mut dst).map(|len| dst[..len].to_vec())
        }
        2 => {
            let obj = CompressionObj::new(compressor, size);
            let pieces = content.chunks(piece_in).map(|piece| obj.compress(piece));
            let frame: Result<Vec<_>, Failure> = pieces.collect();
            frame.and_then(|mut frame| {
                frame.push(obj.finish()?);
                Ok(frame.iter().flat_map(|piece| piece.to_vec()).collect())
            })
        }
        3 => obj_into(&CompressionObj::new(compressor, size), content, piece_in, piece_out),
        4 => {
            let chunker = CompressionChunker::new(compressor, size, piece_out);
            let give = || {
                let mut frame = Vec::new();
                for (index, piece) in content.chunks(piece_in).enumerate() {
                    chunker.give(piece)?;
                    frame.extend(chunker.pieces()?);
                    if index % 3 == 2 {
                        chunker.flush()?;
                        frame.extend(chunker.pieces()?);
                    }
                }
                chunker.finish()?;
                frame.extend(chunker.pieces()?);
                Ok(frame.concat())
            };
            give()
        }
        5 => {
            let sink = TestSink::of(piece_out, Act::TakeHalf);
            let writer = CompressionWriter::new(compressor, &sink, size);
            let mut steps: Vec<_> = content.chunks(piece_in).map(Step::Write).collect();
            steps.push(Step::Close);
            let played = play(&writer, &sink, &steps, Habit::Repeat);
            drop(writer);
            played.map(|()| sink.bytes())
        }
        6 => {
            let iterator =
                CompressorIterator::try_new(compressor, Source::blocks(content, piece_in), size, piece_in, piece_out);
            let (frame, mut failures) = iterator.unwrap().drain(Next);
            failures.pop().map_or(Ok(frame), Err)
        }
        7 => {
            let reader = CompressionReader::try_new(compressor, Source::blocks(content, piece_in), size, piece_in);
            let (frame, mut failures) = reader.unwrap().drain(ReadInto(piece_out));
            failures.pop().map_or(Ok(frame), Err)
        }
        _ => {
            let (source, sink) = (Source::blocks(content, piece_in), TestSink::takes_all(piece_out));
            let copied = call2(|read, written, err| unsafe {
                let (raw, size) = (compressor.raw(), number(size));
                let (from, to) = (&source.raw, &sink.raw());
                zst_compressor_copy_stream(raw, from, to, size, piece_in, piece_out, null(), read, written, err)
            });
            copied.map(|_| sink.bytes())
        }
    };
    match frame {
        Ok(frame) => Some(frame),
        Err(failure) => {
            failure.is(ZST_ERROR_ZSTD, "");
            None
        }
    }
}

fn obj_into(obj: &CompressionObj, content: &[u8], piece_in: usize, piece_out: usize) -> Result<Vec<u8>, Failure> {
    let mut dst = vec![0u8; piece_out];
    let (place, size) = (dst.as_mut_ptr().cast(), piece_out);
    let mut frame = Vec::new();
    for mut piece in content.chunks(piece_in) {
        while !piece.is_empty() {
            let (len, used) = call2(|len, used, err| unsafe {
                let (src, src_len) = (piece.as_ptr().cast(), piece.len());
                zst_compression_obj_compress_into(obj.raw(), src, src_len, place, size, len, used, err)
            })?;
            frame.extend_from_slice(&dst[..len]);
            piece = &piece[used..];
        }
    }
    let mut done = false;
    while !done {
        let len = call(|len, err| unsafe {
            let mode = ZST_COMPRESSOBJ_FLUSH_FINISH;
            let status = zst_compression_obj_flush_into(obj.raw(), mode, place, size, len, err);
            done = status == ZST_DONE;
            if done { ZST_OK } else { status }
        })?;
        frame.extend_from_slice(&dst[..len]);
    }
    Ok(frame)
}

fn decompress(
    decompressor: &Decompressor,
    frame: &[u8],
    size: usize,
    way: u8,
    piece_in: usize,
    piece_out: usize,
) -> Vec<u8> {
    match way {
        0 => decompressor.decompress(frame).unwrap().to_vec(),
        1 => {
            let mut dst = vec![0; size];
            let (len, used) = decompressor.decompress_into(frame, 0, 0, &mut dst).unwrap();
            assert_eq!((len, used), (size, frame.len()));
            dst
        }
        2 => {
            let (content, used) = DecompressionObj::new(decompressor, 0).push_all(frame, piece_in);
            assert_eq!(used.unwrap(), frame.len());
            content
        }
        3 => {
            let (pieces, finished) = DecompressionChunker::new(decompressor, piece_out).push_all(frame, piece_in);
            finished.unwrap();
            pieces.concat()
        }
        4 => {
            let sizes = (piece_in, piece_out, 0);
            let source = Source::blocks(frame, piece_in);
            DecompressorIterator::try_new(decompressor, source, sizes, ZST_DECOMPRESS_STRICT).unwrap().all(Next)
        }
        5 => {
            let reader = DecompressionReader::new(decompressor, Source::blocks(frame, piece_in), ZST_DECOMPRESS_STRICT);
            reader.all(Read(piece_out))
        }
        _ => decompressor.batch_sized(&[frame], &[size as u64], 0).unwrap().items().concat(),
    }
}
