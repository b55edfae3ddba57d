//! `zst_train_dictionary`: a dictionary made from samples.

use crate::compression_dict::CompressionDict;
use crate::engine::{Algorithm, Code, DictType, OutOfMemory, Output, Training, logical_cpus, reserved, train};
use crate::error::{Error, TrainingFault};

/// How k and d are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// What `ZDICT_trainFromBuffer` does: fastcover, d = 8, four values of k.
    Default,
    /// Several values are tried and the best is kept.
    Optimize,
    /// k and d are used as they are given.
    Fixed,
}

/// The choices of one training. 0 is libzstd's default everywhere.
#[derive(Clone, Copy, Debug)]
pub struct Choices {
    pub mode: Mode,
    /// `None`: fastcover in the default mode, else cover.
    pub algorithm: Option<Algorithm>,
    pub k: u32,
    pub d: u32,
    pub steps: u32,
    /// Negative: all logical CPUs.
    pub threads: i32,
    pub level: i32,
    pub dict_id: u32,
    pub notifications: u32,
    pub f: u32,
    pub accel: u32,
    pub split_point: f64,
}

const DICT_SIZE_MIN: usize = 256;
/// The same limit as for compression.
const THREADS_MAX: i32 = 256;
/// libzstd refuses to train on fewer.
const TRAINING_SAMPLES_MIN: usize = 5;
const SAMPLES_SIZE_MAX: u64 = if usize::BITS == 64 { u32::MAX as u64 } else { 1 << 30 };

pub fn train_dictionary<'s>(
    dict_size: usize,
    samples: impl ExactSizeIterator<Item = &'s [u8]> + Clone,
    choices: &Choices,
) -> Result<CompressionDict, Error> {
    let training = training(choices);
    check(dict_size, samples.clone().map(<[u8]>::len), &training)?;

    // libzstd wants them one behind the other.
    let mut sizes = reserved(samples.len())?;
    sizes.extend(samples.clone().map(<[u8]>::len));
    let mut joined = Output::with_capacity(sizes.iter().sum())?;
    for sample in samples {
        joined.append(sample);
    }

    let mut dict = Output::with_capacity(dict_size)?;
    let trained = train(&mut dict, joined.as_slice(), &sizes, &training).map_err(|code| match code {
        // The generic error is libzstd's word for: no try could be finished for lack of memory.
        Code::MEMORY_ALLOCATION | Code::GENERIC => OutOfMemory { bytes: 0 }.into(),
        code => Error::Training { code, why: TrainingFault::Unexplained },
    })?;
    dict.shrink();
    CompressionDict::new(dict, DictType::FullDict, trained.k, trained.d)
}

fn training(choices: &Choices) -> Training {
    let default_algorithm = if choices.mode == Mode::Default { Algorithm::FastCover } else { Algorithm::Cover };
    let algorithm = choices.algorithm.unwrap_or(default_algorithm);
    let threads = if choices.threads < 0 { logical_cpus() } else { choices.threads.min(THREADS_MAX) };
    let mut training = Training {
        algorithm,
        optimize: choices.mode != Mode::Fixed,
        k: choices.k,
        d: choices.d,
        steps: choices.steps,
        threads: threads as u32,
        split_point: choices.split_point,
        f: choices.f,
        accel: choices.accel,
        level: choices.level,
        notifications: choices.notifications,
        dict_id: choices.dict_id,
    };
    if choices.mode == Mode::Default && algorithm == Algorithm::FastCover {
        // ZDICT_trainFromBuffer's own choices.
        const DEFAULT_D: u32 = 8;
        const DEFAULT_STEPS: u32 = 4;
        if training.d == 0 {
            training.d = DEFAULT_D;
        }
        if training.steps == 0 {
            training.steps = DEFAULT_STEPS;
        }
    }
    training
}

/// Finds out what libzstd would refuse, to say why; and one thing that it would not, and crash: samples to train on
/// that hold less than one piece of d bytes, because all content is in the samples to test with.
fn check(
    dict_size: usize,
    sizes: impl ExactSizeIterator<Item = usize> + Clone,
    training: &Training,
) -> Result<(), Error> {
    let refuse = |code, why| Err(Error::Training { code, why });
    let bad = |name, value: f64, expected| {
        refuse(Code::PARAMETER_OUT_OF_BOUND, TrainingFault::Parameter { name, value, expected })
    };
    let Training { algorithm, optimize, k, d, f, accel, split_point, .. } = *training;

    // Parameters.
    if !optimize && (k == 0 || d == 0) {
        let (name, value) = if k == 0 { ("k", k) } else { ("d", d) };
        return bad(name, value.into(), "both k and d must be given when they are not optimised");
    }
    if algorithm == Algorithm::FastCover && !matches!(d, 0 | 6 | 8) {
        return bad("d", d.into(), "fastcover accepts 6 and 8");
    }
    if k != 0 && d > k {
        return bad("d", d.into(), "it must not be larger than k");
    }
    // What libzstd tries when they are not given begins with k = 50 and ends with d = 8.
    let (smallest_k, largest_d) = (if k != 0 { k } else { 50 }, if d != 0 { d } else { 8 });
    if optimize && largest_d > smallest_k {
        return bad("k", smallest_k.into(), "it must not be smaller than d, 8 unless it is given");
    }
    if k as usize > dict_size {
        return bad("k", k.into(), "it must not be larger than dict_size");
    }
    if f > 31 {
        return bad("f", f.into(), "allowed are 1 to 31, or 0 for the default");
    }
    if accel > 10 {
        return bad("accel", accel.into(), "allowed are 1 to 10, or 0 for the default");
    }
    if !(0.0..=1.0).contains(&split_point) {
        return bad("split_point", split_point, "allowed are 0 to 1, 0 for the default");
    }

    // Samples, and the place for the result.
    let samples = sizes.len();
    let split = match (optimize, algorithm) {
        (false, _) => 1.0,
        (true, _) if split_point > 0.0 => split_point,
        (true, Algorithm::Cover) => 1.0,
        (true, Algorithm::FastCover) => 0.75,
    };
    let training_samples = if split < 1.0 { (samples as f64 * split) as usize } else { samples };
    if samples > 0 && dict_size < DICT_SIZE_MIN {
        let why = TrainingFault::SmallDictionary { needed: DICT_SIZE_MIN, have: dict_size };
        return refuse(Code::DST_SIZE_TOO_SMALL, why);
    }
    if training_samples < TRAINING_SAMPLES_MIN {
        let needed = (TRAINING_SAMPLES_MIN as f64 / split).ceil() as usize;
        return refuse(Code::SRC_SIZE_WRONG, TrainingFault::FewSamples { needed, have: samples });
    }
    let total = sizes.clone().fold(0u64, |sum, size| sum.saturating_add(size as u64));
    if total >= SAMPLES_SIZE_MAX {
        return refuse(Code::SRC_SIZE_WRONG, TrainingFault::LargeSamples { max: SAMPLES_SIZE_MAX, have: total });
    }
    let have: usize = sizes.take(training_samples).sum();
    let needed = (largest_d as usize).max(size_of::<u64>());
    if have < needed {
        return refuse(Code::SRC_SIZE_WRONG, TrainingFault::SmallSamples { needed, have });
    }
    Ok(())
}
