//! Random choices, each from a stream of its own: what one actor draws does not move what another one draws, so that a
//! failing seed still fails after most of its world was taken away.

use std::time::Duration;

use fastrand::Rng;

/// What a stream of random numbers is for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Stream {
    /// What the world is like.
    World = 1,
    /// Which of the tasks that are ready goes on.
    Scheduler,
    /// What an actor does.
    Actor,
    /// The random numbers that core asks a driver for.
    Jitter,
    /// What happens to a request.
    Fault,
    /// Who plans, and what they want.
    Plan,
}

/// Returns the stream of a seed.
pub(crate) fn stream(seed: u64, stream: Stream, index: u64) -> Rng {
    let mut mixed = seed;
    for part in [stream as u64, index] {
        // The finalizer of SplitMix64: neighboring seeds give unrelated streams.
        mixed = (mixed ^ part).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed ^= mixed >> 31;
    }
    Rng::with_seed(mixed)
}

/// Returns one of several values.
pub(crate) fn pick<T: Copy>(rng: &mut Rng, values: &[T]) -> T {
    values[rng.usize(..values.len())]
}

/// Returns `true` this many times out of a hundred.
pub(crate) fn chance(rng: &mut Rng, percent: u32) -> bool {
    rng.u32(..100) < percent
}

/// Returns a duration between two numbers of milliseconds.
pub(crate) fn millis(rng: &mut Rng, range: std::ops::Range<u64>) -> Duration {
    Duration::from_millis(rng.u64(range))
}
