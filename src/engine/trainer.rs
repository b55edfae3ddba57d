//! libzstd's dictionary builders.

use super::output::written;
use super::{Code, Output};
use std::mem::MaybeUninit;
use zstd_sys as sys;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    Cover,
    FastCover,
}

/// Parameters of one training, with libzstd's meaning: 0 lets it choose.
#[derive(Clone, Copy, Debug)]
pub struct Training {
    pub algorithm: Algorithm,
    /// Try values of k and d and keep the best; otherwise k and d are used as they are.
    pub optimize: bool,
    pub k: u32,
    pub d: u32,
    pub steps: u32,
    pub threads: u32,
    pub split_point: f64,
    pub f: u32,
    pub accel: u32,
    pub level: i32,
    pub notifications: u32,
    pub dict_id: u32,
}

/// The k and d that were used.
#[derive(Clone, Copy, Debug)]
pub struct Trained {
    pub k: u32,
    pub d: u32,
}

/// Trains on `samples`, which lie one behind the other in `sizes`' lengths, into the spare room of `dict`.
///
/// The caller has checked what libzstd does not: that the sizes add up to the length of `samples`, and that the
/// samples it trains on (all, or the first `split_point` of them) hold 8 and `d` bytes or more.
pub fn train(dict: &mut Output, samples: &[u8], sizes: &[usize], training: &Training) -> Result<Trained, Code> {
    let mut trained = Trained { k: 0, d: 0 };
    dict.fill(|spare| train_into(spare, samples, sizes, training, &mut trained))?;
    Ok(trained)
}

fn train_into<'a>(
    dst: &'a mut [MaybeUninit<u8>],
    samples: &[u8],
    sizes: &[usize],
    training: &Training,
    trained: &mut Trained,
) -> Result<&'a mut [u8], Code> {
    assert!(sizes.iter().sum::<usize>() == samples.len(), "sizes do not describe the samples");
    let count = u32::try_from(sizes.len()).map_err(|_| Code::SRC_SIZE_WRONG)?;
    let common = sys::ZDICT_params_t {
        compressionLevel: training.level,
        notificationLevel: training.notifications,
        dictID: training.dict_id,
    };
    let (place, capacity) = (dst.as_mut_ptr().cast(), dst.len());
    let (src, sizes) = (samples.as_ptr().cast(), sizes.as_ptr());
    let size;
    match training.algorithm {
        Algorithm::Cover => {
            let mut params = sys::ZDICT_cover_params_t {
                k: training.k,
                d: training.d,
                steps: training.steps,
                nbThreads: training.threads,
                splitPoint: training.split_point,
                shrinkDict: 0,
                shrinkDictMaxRegression: 0,
                zParams: common,
            };
            // SAFETY: the ranges are valid, the sizes add up (asserted above), libzstd checks the capacity.
            size = unsafe {
                if training.optimize {
                    sys::ZDICT_optimizeTrainFromBuffer_cover(place, capacity, src, sizes, count, &mut params)
                } else {
                    sys::ZDICT_trainFromBuffer_cover(place, capacity, src, sizes, count, params)
                }
            };
            *trained = Trained { k: params.k, d: params.d };
        }
        Algorithm::FastCover => {
            let mut params = sys::ZDICT_fastCover_params_t {
                k: training.k,
                d: training.d,
                f: training.f,
                steps: training.steps,
                nbThreads: training.threads,
                splitPoint: training.split_point,
                accel: training.accel,
                shrinkDict: 0,
                shrinkDictMaxRegression: 0,
                zParams: common,
            };
            if !training.optimize {
                // `ZDICT_trainFromBuffer_fastCover` writes to a table for which there may be no memory. To try one pair
                // of k and d, on all samples, is the same, and libzstd looks whether it has a table
                // then.
                params.splitPoint = 1.0;
                params.nbThreads = 0;
            }
            // SAFETY: as above.
            size = unsafe {
                sys::ZDICT_optimizeTrainFromBuffer_fastCover(place, capacity, src, sizes, count, &mut params)
            };
            *trained = Trained { k: params.k, d: params.d };
        }
    }
    let size = Code::check(size)?;
    // SAFETY: libzstd has written that many bytes.
    Ok(unsafe { written(dst, size) })
}

/// The id in a dictionary's header; 0 without a header.
pub fn dictionary_id(bytes: &[u8]) -> u32 {
    // SAFETY: the range is valid for its length.
    unsafe { sys::ZDICT_getDictID(bytes.as_ptr().cast(), bytes.len()) }
}

/// Reads the entropy tables in a dictionary's header, to see whether it can be done.
pub fn check_dictionary_header(bytes: &[u8]) -> Result<(), Code> {
    // SAFETY: the range is valid for its length.
    Code::check(unsafe { sys::ZDICT_getDictHeaderSize(bytes.as_ptr().cast(), bytes.len()) })?;
    Ok(())
}
