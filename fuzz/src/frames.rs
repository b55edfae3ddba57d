//! What can be found out about any bytes without decoding them, beside libzstd.

use crate::choices::{Choices, Settings};
use crate::reference::{Reference, header};
use crate::support::*;
use std::ffi::c_void;
use zst::ffi::frame::*;
use zst::ffi::library::*;
use zst::ffi::status::*;
use zstd_sys as sys;

pub fn frames(data: &[u8]) {
    let mut choices = Choices::new(data);
    let format = choices.below(2).into();
    let cut = usize::from(choices.number::<u8>());
    let magic_variant = choices.number::<u8>().into();
    let src = choices.rest();
    about(src, format);
    about(&src[..src.len().min(cut)], format);
    if format == 0 {
        magic_numbers(src);
        skippable(src, magic_variant, cut);
    }
}

fn about(bytes: &[u8], format: i32) {
    let (src, len) = (bytes.as_ptr().cast::<c_void>(), bytes.len());
    let theirs = header(bytes, format.into());
    let parameters = call(|out, err| unsafe { zst_get_frame_parameters(src, len, format, out, err) });
    let content_size = call(|out, err| unsafe { zst_frame_content_size(src, len, format, out, err) });
    let header_size = call(|out, err| unsafe { zst_frame_header_size(src, len, format, out, err) });
    // A recorded size that a caller could not tell from an error.
    let told = parameters.as_ref().is_ok_and(|parameters| parameters.content_size != ZST_CONTENTSIZE_ERROR);
    assert_eq!(told, content_size.is_ok());
    match &parameters {
        Ok(ours) => {
            let theirs = theirs.expect("libzstd finds no frame");
            let skippable = theirs.frameType == sys::ZSTD_FrameType_e::ZSTD_skippableFrame;
            assert_eq!(ours.frame_type == ZST_FRAME_TYPE_SKIPPABLE, skippable);
            assert_eq!(ours.content_size, theirs.frameContentSize);
            assert_eq!(ours.header_size, theirs.headerSize);
            if told {
                assert_eq!(content_size.unwrap(), if skippable { 0 } else { theirs.frameContentSize });
            }
            if !skippable {
                assert_eq!(ours.window_size, theirs.windowSize);
                assert_eq!((ours.dict_id, ours.block_size_max), (theirs.dictID, theirs.blockSizeMax));
                assert_eq!(ours.has_checksum, i32::from(theirs.checksumFlag != 0));
                assert_eq!(header_size.unwrap(), theirs.headerSize as usize);
            }
        }
        Err(failure) => {
            assert!(theirs.is_none(), "libzstd finds a frame: {failure:?}");
            assert_eq!(failure.status, content_size.unwrap_err().status);
            if failure.status == ZST_ERROR_TRUNCATED {
                assert!(failure.expected > len as u64, "{failure:?}");
            }
        }
    }

    let size = call(|out, err| unsafe { zst_frame_compressed_size(src, len, format, out, err) });
    let bound = call(|out, err| unsafe { zst_decompress_bound(src, len, format, out, err) });
    if let Ok(size) = &size {
        let size = *size;
        assert!(parameters.is_ok() && size <= len);
        // Nothing behind the frame is looked at.
        let again = call(|out, err| unsafe { zst_frame_compressed_size(src, size, format, out, err) });
        assert_eq!(again.unwrap(), size);
    } else {
        assert!(bound.is_err() || len == 0, "no frame, but a bound");
    }
    if format == 0 {
        // SAFETY: so many bytes.
        let (size_theirs, bound_theirs) =
            unsafe { (sys::ZSTD_findFrameCompressedSize(src, len), sys::ZSTD_decompressBound(src, len)) };
        match size {
            Ok(size) => assert_eq!(size, size_theirs),
            // SAFETY: any number may be asked about.
            Err(_) if unsafe { sys::ZSTD_isError(size_theirs) } != 0 => {}
            // libzstd looks at less, and finds out when it decodes.
            Err(failure) => {
                failure.is(ZST_ERROR_ZSTD, "");
                let reference = Reference::of(&bytes[..size_theirs], &Settings::default());
                assert!(reference.is_none_or(|reference| reference.frames.is_empty()), "{failure:?}");
            }
        }
        // libzstd believes what headers say.
        if let Ok(bound) = bound {
            assert!(bound <= bound_theirs, "{bound} is more than {bound_theirs}");
        }
    }
}

fn magic_numbers(bytes: &[u8]) {
    let (src, len) = (bytes.as_ptr().cast(), bytes.len());
    // SAFETY: so many bytes.
    unsafe {
        assert_eq!(zst_is_frame(src, len), sys::ZSTD_isFrame(src, len) as i32);
        assert_eq!(zst_is_skippable_frame(src, len), sys::ZSTD_isSkippableFrame(src, len) as i32);
    }
}

fn skippable(bytes: &[u8], magic_variant: u32, room: usize) {
    let (src, len) = (bytes.as_ptr().cast::<c_void>(), bytes.len());
    let read = |src: &[u8]| {
        let mut variant = u32::MAX;
        let variant = &raw mut variant;
        let (src, len) = (src.as_ptr().cast(), src.len());
        call2(|payload, size, err| unsafe { zst_read_skippable_frame(src, len, payload, size, variant, err) })
            // SAFETY: lent by `src`, and written.
            .map(|(payload, size)| unsafe { (std::slice::from_raw_parts(payload, size).to_vec(), *variant) })
    };
    let header = header(bytes, 0);
    match read(bytes) {
        Ok((payload, _)) => assert_same(&payload, &bytes[8..8 + header.unwrap().frameContentSize as usize]),
        Err(failure) if failure.status == ZST_ERROR_TRUNCATED => {}
        Err(failure) => {
            failure.is(ZST_ERROR_VALUE, "");
            assert!(unsafe { zst_is_skippable_frame(src, len) } == 0 || len < 8, "{failure:?}");
        }
    }
    let mut dst = vec![0xA5; room];
    let place = dst.as_mut_ptr().cast();
    let written = call(|out, err| unsafe { zst_write_skippable_frame(src, len, magic_variant, place, room, out, err) });
    match written {
        Ok(written) => {
            assert!(read(&dst[..written]).unwrap() == (bytes.to_vec(), magic_variant));
            assert!(dst[written..].iter().all(|byte| *byte == 0xA5), "more than the frame was written");
        }
        Err(failure) if magic_variant > 15 => drop(failure.is(ZST_ERROR_ZSTD, "")),
        Err(failure) => {
            failure.is(ZST_ERROR_BUFFER_TOO_SMALL, "");
            assert!(room < len + 8);
        }
    }
}
