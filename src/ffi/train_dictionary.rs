//! The C face of `train_dictionary`.

use super::boundary::Call;
use super::bytes::zst_slice;
use super::compression_dict::zst_compression_dict;
use super::error::zst_error;
use super::status::zst_status;
use crate::engine::{Algorithm, Shared};
use crate::error::Error;
use crate::train_dictionary::{Choices, Mode, train_dictionary};

/// What libzstd's ZDICT_trainFromBuffer() does: the fastcover algorithm with d = 8 and a choice from four values of k.
pub const ZST_TRAIN_DEFAULT: i32 = 0;
/// Tries values of k and d (those that are given stay) and keeps the best.
pub const ZST_TRAIN_OPTIMIZE: i32 = 1;
/// Uses k and d as they are given; both are needed.
pub const ZST_TRAIN_FIXED: i32 = 2;

/// Fastcover with ZST_TRAIN_DEFAULT, cover otherwise.
pub const ZST_TRAIN_ALGORITHM_AUTO: i32 = 0;
/// Accepts any d up to k.
pub const ZST_TRAIN_ALGORITHM_COVER: i32 = 1;
/// Much faster, almost as good; d is 6 or 8.
pub const ZST_TRAIN_ALGORITHM_FASTCOVER: i32 = 2;

/// Choices for zst_train_dictionary(). A struct of zeros asks for the defaults: `zst_training_parameters p = {0};`
#[repr(C)]
pub struct zst_training_parameters {
    /// ZST_TRAIN_DEFAULT, _OPTIMIZE or _FIXED.
    pub mode: i32,
    /// ZST_TRAIN_ALGORITHM_AUTO, _COVER or _FASTCOVER.
    pub algorithm: i32,
    /// Segment size; reasonable values are 16 to 2048 and more. 0: found by trying.
    pub k: u32,
    /// Dmer size; reasonable values are 6 to 16, not more than k. 0: found by trying.
    pub d: u32,
    /// How many values of k are tried. 0: 40, in the default mode 4.
    pub steps: u32,
    /// Threads for trying; 0 and 1: the calling thread, negative: all logical CPUs.
    pub threads: i32,
    /// Compression level that the dictionary is for. 0: 3.
    pub level: i32,
    /// Id of the dictionary. 0: made from its content.
    pub dict_id: u32,
    /// What libzstd prints to stderr: 0 nothing, 1 errors, 2 progress, 3 details, 4 everything. It has one setting for
    /// the whole process, so trainings that run at the same time may print too.
    pub notifications: u32,
    /// Fastcover only: logarithm of the size of the frequency table, 1 to 31. 0: 20.
    pub f: u32,
    /// Fastcover only: 1 to 10, higher is faster and less exact. 0: 1.
    pub accel: u32,
    /// 0.
    pub reserved: u32,
    /// Part of the samples to train on, the rest is for comparing what was tried; 0 to 1.
    /// 0: 1.0 for cover (all samples are for both), 0.75 for fastcover.
    pub split_point: f64,
}

/// Makes a dictionary of `dict_size` bytes at most from `count` samples of what is to be compressed with it. The
/// samples are read during the call only. A few thousand samples with about 100 times the size of the dictionary in all
/// are a good amount. `parameters` may be NULL for the defaults.
///
/// On success `*out` is the caller's, of type ZST_DICT_TYPE_FULLDICT; free it with zst_compression_dict_free().
/// ZST_ERROR_ZSTD when the samples are too few or too small, or a parameter is out of bounds; the message tells which.
/// The same for an unknown mode or algorithm.
/// Source: `train_dictionary()`; libzstd's `ZDICT_trainFromBuffer` and its cover and fastcover variants.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zst_train_dictionary(
    dict_size: usize,
    samples: *const zst_slice,
    count: usize,
    parameters: *const zst_training_parameters,
    out: *mut *mut zst_compression_dict,
    err: *mut zst_error,
) -> zst_status {
    // SAFETY: the caller follows the rules at the top of zst.h.
    let call = unsafe { Call::begin(err) };
    call.run(|call| {
        let samples = call.slices(samples, count, "samples")?.iter();
        let choices = call.borrow_optional(parameters).map_or(Ok(DEFAULTS), choices)?;
        let out = call.out(out, "out")?;
        let dict = train_dictionary(dict_size, samples, &choices)?;
        out.give_handle(zst_compression_dict(Shared::try_new(dict)?))?;
        Ok(())
    })
}

const DEFAULTS: Choices = Choices {
    mode: Mode::Default,
    algorithm: None,
    k: 0,
    d: 0,
    steps: 0,
    threads: 0,
    level: 0,
    dict_id: 0,
    notifications: 0,
    f: 0,
    accel: 0,
    split_point: 0.0,
};

fn choices(parameters: &zst_training_parameters) -> Result<Choices, Error> {
    let unknown = |name, number: i32| {
        Err(Error::OutOfBounds {
            doing: "cannot train dict",
            name,
            value: number.into(),
            min: 0,
            max: 2,
            zero_too: false,
        })
    };
    Ok(Choices {
        mode: match parameters.mode {
            ZST_TRAIN_DEFAULT => Mode::Default,
            ZST_TRAIN_OPTIMIZE => Mode::Optimize,
            ZST_TRAIN_FIXED => Mode::Fixed,
            number => return unknown("mode", number),
        },
        algorithm: match parameters.algorithm {
            ZST_TRAIN_ALGORITHM_AUTO => None,
            ZST_TRAIN_ALGORITHM_COVER => Some(Algorithm::Cover),
            ZST_TRAIN_ALGORITHM_FASTCOVER => Some(Algorithm::FastCover),
            number => return unknown("algorithm", number),
        },
        k: parameters.k,
        d: parameters.d,
        steps: parameters.steps,
        threads: parameters.threads,
        level: parameters.level,
        dict_id: parameters.dict_id,
        notifications: parameters.notifications,
        f: parameters.f,
        accel: parameters.accel,
        split_point: parameters.split_point,
    })
}
