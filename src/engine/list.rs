//! Lists that say so when memory runs out.

use super::{OutOfMemory, going_to_use};

fn refused<T>(count: usize) -> OutOfMemory {
    OutOfMemory { bytes: (count as u64).saturating_mul(size_of::<T>() as u64) }
}

/// An empty list with room for so many, which are going to be there.
pub fn reserved<T>(count: usize) -> Result<Vec<T>, OutOfMemory> {
    let mut list = Vec::new();
    list.try_reserve_exact(count).map_err(|_| refused::<T>(count))?;
    going_to_use(list.spare_capacity_mut());
    Ok(list)
}

/// Puts a value at the end of a list.
pub fn push<T>(list: &mut Vec<T>, value: T) -> Result<(), OutOfMemory> {
    list.try_reserve(1).map_err(|_| refused::<T>(list.len() + 1))?;
    list.push(value);
    Ok(())
}
