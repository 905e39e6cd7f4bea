//! Random numbers from a seed, the same on every machine and in every version.
//!
//! Splitmix64.
//!
//! Source: prng.di.unimi.it/splitmix64.c

/// A splitmix64 generator.
#[derive(Debug, Clone)]
pub struct Noise {
    state: u64,
}

impl Noise {
    /// Starts from a seed.
    pub fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// Returns a number from -1 to 1, uniformly distributed.
    pub fn either_way(&mut self) -> f64 {
        // The upper 53 bits are what a float holds exactly.
        #[allow(clippy::cast_precision_loss)]
        let part = (self.next() >> 11) as f64 / (1_u64 << 53) as f64;
        part.mul_add(2.0, -1.0)
    }
}
