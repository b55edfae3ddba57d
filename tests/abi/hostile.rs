//! Input that was not made by a compressor: an error or an answer, never a crash, and never memory for nothing.

use crate::raw;
use crate::support::*;
use zst::ffi::compression_dict::*;
use zst::ffi::compression_parameters::*;
use zst::ffi::decompression_parameters::*;
use zst::ffi::decompressor::*;
use zst::ffi::frame::*;
use zst::ffi::status::*;

const ACROSS: i32 = ZST_DECOMPRESS_READ_ACROSS_FRAMES;
const SKIPPABLE: &[u8] = b"\x50\x2a\x4d\x18\x04\0\0\0abcd";

/// Small frames of every kind.
fn frames() -> Vec<Vec<u8>> {
    let mut frames = Vec::new();
    for content in [b"".to_vec(), b"a".to_vec(), text(1, 100), text(2, 500), vec![7; 300]] {
        for size in [0, 1] {
            for checksum in [0, 1] {
                let values = [(ZST_C_WRITE_CONTENT_SIZE, size), (ZST_C_WRITE_CHECKSUM, checksum)];
                frames.push(Compressor::with(&values, None).compress(&content).to_vec());
            }
        }
    }
    frames
}

/// Whatever can be done with bytes that may be frames. Outputs of failing calls are checked inside.
fn try_everything(input: &[u8]) {
    let (src, len) = (input.as_ptr().cast(), input.len());
    let decompressor = Decompressor::with(&[(ZST_D_MAX_OUTPUT_SIZE, 1 << 20)]);
    for flags in [0, ACROSS] {
        let _ = decompressor.decompress_as(input, 0, flags);
        let _ = decompressor.decompress_as(input, 5000, flags);
        let _ = decompressor.decompress_into(input, 0, flags, &mut [0; 2000]);
    }
    let _ = decompressor.decompress_chain(&[input, input]);
    for format in [0, 1] {
        let _ = call(|out, err| unsafe { zst_get_frame_parameters(src, len, format, out, err) });
        let _ = call(|out, err| unsafe { zst_frame_header_size(src, len, format, out, err) });
        let _ = call(|out, err| unsafe { zst_frame_content_size(src, len, format, out, err) });
        let _ = call(|out, err| unsafe { zst_frame_compressed_size(src, len, format, out, err) });
        let _ = call(|out, err| unsafe { zst_decompress_bound(src, len, format, out, err) });
    }
}

#[test]
fn every_prefix_of_a_frame_is_an_error() {
    let decompressor = Decompressor::new(None);
    for frame in frames() {
        for cut in 0..frame.len() {
            let input = &frame[..cut];
            for flags in [0, ACROSS] {
                let failure = decompressor.decompress_as(input, 0, flags).unwrap_err();
                failure.is(ZST_ERROR_TRUNCATED, "");
                let failure = decompressor.decompress_into(input, 0, flags, &mut [0; 2000]).unwrap_err();
                failure.is(ZST_ERROR_TRUNCATED, "");
                let failure = decompressor.decompress_as(&[SKIPPABLE, input].concat(), 2000, flags);
                assert!(cut == 0 || failure.unwrap_err().status == ZST_ERROR_TRUNCATED);
            }
        }
        assert!(decompressor.decompress(&frame).is_ok());
    }
}

#[test]
fn every_prefix_of_a_skippable_frame_is_an_error() {
    let decompressor = Decompressor::new(None);
    for cut in 0..SKIPPABLE.len() {
        decompressor.decompress(&SKIPPABLE[..cut]).unwrap_err().is(ZST_ERROR_TRUNCATED, "");
        if cut > 3 {
            let input = [SKIPPABLE, &SKIPPABLE[..cut]].concat();
            decompressor.decompress(&input).unwrap_err().is(ZST_ERROR_TRUNCATED, "");
        }
    }
}

#[test]
fn every_flipped_bit_gives_an_answer_or_an_error() {
    for frame in frames() {
        for bit in 0..frame.len() * 8 {
            let mut damaged = frame.clone();
            damaged[bit / 8] ^= 1 << (bit % 8);
            try_everything(&damaged);
        }
    }
}

#[test]
fn a_checksum_finds_flipped_bits_in_the_content() {
    let content = noise(1, 100);
    let frame = Compressor::with(&[(ZST_C_WRITE_CHECKSUM, 1)], None).compress(&content).to_vec();
    let decompressor = Decompressor::new(None);
    for bit in (frame.len() - 104) * 8..frame.len() * 8 {
        let mut damaged = frame.clone();
        damaged[bit / 8] ^= 1 << (bit % 8);
        decompressor.decompress(&damaged).unwrap_err().is(ZST_ERROR_ZSTD, "Restored data doesn't match checksum");
    }
}

#[test]
fn random_bytes_behind_a_header() {
    for seed in 0..3000 {
        let header: &[u8] = match seed % 4 {
            0 => b"\x28\xb5\x2f\xfd\x00\x58",
            1 => b"\x28\xb5\x2f\xfd\x24\x40",
            2 => b"\x28\xb5\x2f\xfd",
            _ => b"",
        };
        try_everything(&[header, &noise(seed, 60)].concat());
    }
}

#[test]
fn sizes_that_are_lies() {
    let claiming = |size: u64| [&b"\x28\xb5\x2f\xfd\xe0"[..], &size.to_le_bytes(), b"\x09\0\0a"].concat();
    let found_in_the_wild = b"\x28\xb5\x2f\xfd\xe0\x6c\x06\x06\x06\x63\x63\x63\x63".to_vec();
    let mut lies = vec![found_in_the_wild];
    lies.extend([1 << 40, 1 << 60, 1 << 63, u64::MAX - 2, 2].map(claiming));
    let decompressor = Decompressor::new(None);
    for lie in &lies {
        for (max, flags) in [(0, 0), (1 << 40, 0), (1 << 40, ACROSS), (0, ACROSS)] {
            let failure = decompressor.decompress_as(lie, max, flags).unwrap_err();
            assert!([ZST_ERROR_ZSTD, ZST_ERROR_TRUNCATED].contains(&failure.status), "{failure:?}");
            decompressor.decompress_into(lie, max, flags, &mut [0; 100]).unwrap_err();
        }
        decompressor.decompress_chain(&[lie]).unwrap_err();
        try_everything(lie);
    }
    for size in [1 << 40, 1 << 60, 1 << 63] {
        let failure = decompressor.decompress(&claiming(size)).unwrap_err();
        failure.is(ZST_ERROR_ZSTD, "decompression error: Data corruption detected").numbers(1, size);
        assert_eq!(failure.zstd_code, 20);
    }
    // Too small a claim: libzstd finds out.
    decompressor.decompress(&claiming(0)).unwrap_err().is(ZST_ERROR_ZSTD, "decompression error: ");
    assert_same(&decompressor.decompress(&claiming(1)).unwrap(), b"a");
}

#[test]
fn the_limit_does_not_make_memory_either() {
    // A megabyte is promised by nobody: the frame can expand to three bytes only.
    let frame = raw::unknown_size(b"abc");
    for max in [1 << 30, 1 << 47, 1 << 62, u64::MAX] {
        let (content, _) = Decompressor::new(None).decompress_as(&frame, max, 0).unwrap();
        assert_eq!((content.len(), content.0.capacity), (3, 3));
    }
}

#[test]
fn a_skippable_frame_of_4_gib_is_cut() {
    let input = b"\x50\x2a\x4d\x18\xff\xff\xff\xffabcd";
    for flags in [0, ACROSS] {
        let failure = Decompressor::new(None).decompress_as(input, 0, flags).unwrap_err();
        failure.is(ZST_ERROR_TRUNCATED, "did not decompress full frame");
        failure.numbers((1 << 32) + 7, input.len() as u64);
    }
}

#[test]
fn a_million_frames_without_content() {
    let empty = Compressor::new(3, None).compress(b"").to_vec();
    for frame in [empty, raw::unknown_size(b""), SKIPPABLE.to_vec()] {
        let input = frame.repeat(1 << 20);
        let (content, used) = Decompressor::new(None).decompress_as(&input, 0, ACROSS).unwrap();
        assert_eq!((content.len(), used), (0, input.len()));
    }
}

#[test]
fn many_blocks_without_content() {
    let mut frame = b"\x28\xb5\x2f\xfd\x00\x58".to_vec();
    frame.extend_from_slice(&[0; 3].repeat(1 << 20));
    frame.extend_from_slice(&[1, 0, 0]);
    assert_eq!(Decompressor::new(None).decompress(&frame).unwrap().len(), 0);
}

#[test]
fn block_headers_that_are_garbage() {
    let header = b"\x28\xb5\x2f\xfd\x00\x58";
    let reserved = [&header[..], b"\x07\0\0"].concat();
    let failure = Decompressor::new(None).decompress(&reserved).unwrap_err();
    failure.is(ZST_ERROR_ZSTD, "decompression error: Data corruption detected");
    assert_eq!(failure.zstd_code, 20);
    let too_large = [&header[..], &(1 | 1 << 1 | (131_073u32) << 3).to_le_bytes()[..3], b"x"].concat();
    Decompressor::new(None).decompress(&too_large).unwrap_err().is(ZST_ERROR_ZSTD, "Data corruption detected");
    let endless = [&header[..], &[0xFD; 300]].concat();
    assert!(Decompressor::new(None).decompress(&endless).unwrap_err().status < 0);
}

#[test]
fn a_reserved_bit_in_the_header() {
    let mut frame = Compressor::new(3, None).compress(b"abc").to_vec();
    frame[4] |= 8;
    let failure = Decompressor::new(None).decompress(&frame).unwrap_err();
    failure.is(ZST_ERROR_ZSTD, "error determining content size from frame header: Unsupported frame parameter");
}

#[test]
fn damaged_dictionaries_never_crash() {
    let source = text(3, 2000);
    for position in (0..300).chain([trained().len() - 1]) {
        for bit in [0, 3, 7] {
            let mut bytes = trained().to_vec();
            bytes[position] ^= 1 << bit;
            let dict = Dict::new(&bytes, ZST_DICT_TYPE_AUTO);
            let frame = Compressor::new(3, &dict).try_compress(&source);
            let decompressor = Decompressor::try_new(&dict);
            if let (Ok(frame), Ok(decompressor)) = (&frame, &decompressor) {
                assert_same(&decompressor.decompress(frame).unwrap(), &source);
            }
        }
    }
    for cut in (0..300).step_by(7) {
        let dict = Dict::new(&trained()[..cut], ZST_DICT_TYPE_FULLDICT);
        let _ = Compressor::new(3, &dict).try_compress(&source);
        let _ = Decompressor::try_new(&dict);
    }
}

#[test]
fn a_block_that_holds_more_than_its_window_is_damage_whatever_the_room() {
    // libzstd alone accepts it when it decodes in one piece and the room is large enough.
    let source = text(77, 20_000);
    let mut frame = Compressor::with(&[(ZST_C_WRITE_CONTENT_SIZE, 0)], None).compress(&source).to_vec();
    frame[5] = 0x1E;
    let decompressor = Decompressor::new(None);
    let damaged = "decompression error: Data corruption detected";
    decompressor.decompress(&frame).unwrap_err().is(ZST_ERROR_ZSTD, damaged);
    for room in [14_336, 19_999, 20_000, 1 << 20] {
        let mut dst = vec![0; room];
        decompressor.decompress_into(&frame, 0, 0, &mut dst).unwrap_err().is(ZST_ERROR_ZSTD, damaged);
    }
}

#[test]
fn plain_blocks_obey_the_limit_for_blocks() {
    let parameters = DecompressionParameters::new(&[(ZST_D_MAX_BLOCK_SIZE, 1024)]);
    let decompressor = Decompressor::try_from(&parameters, None).unwrap();
    for content_size in [0, 1] {
        let compressor = Compressor::with(&[(ZST_C_WRITE_CONTENT_SIZE, content_size)], None);
        for source in [noise(5, 60_000), vec![b'a'; 60_000]] {
            let frame = compressor.compress(&source);
            let failure = decompressor.decompress(&frame).unwrap_err();
            failure.is(ZST_ERROR_ZSTD, "decompression error: Data corruption detected");
        }
        let frame = compressor.compress(&noise(6, 1000));
        assert_same(&decompressor.decompress(&frame).unwrap(), &noise(6, 1000));
    }
}
