//! Ids that look like the service's and follow from a seed and a counter alone.

#[derive(Clone, Debug, Default)]
pub(crate) struct Ids {
    seed: u64,
    made: u64,
    /// Counted separately, as request ids are, so that another key does not change the next user's id.
    keys: u64,
}

impl Ids {
    pub(crate) fn seeded(seed: u64) -> Self {
        Self { seed, made: 0, keys: 0 }
    }

    /// 30 hex digits.
    pub(crate) fn next_id(&mut self) -> String {
        self.made = self.made.wrapping_add(1);
        let mut id = hex(self.seed, self.made);
        id.truncate(30);
        id
    }

    /// 30 hex digits that are not taken.
    pub(crate) fn free_id(&mut self, taken: impl Fn(&str) -> bool) -> String {
        loop {
            let id = self.next_id();
            if !taken(&id) {
                return id;
            }
        }
    }

    /// 15 decimal digits, as API keys have.
    pub(crate) fn next_key(&mut self) -> String {
        self.keys = self.keys.wrapping_add(1);
        let number = mix(self.seed.rotate_left(17) ^ mix(self.keys)) % 900_000_000_000_000;
        (number + 100_000_000_000_000).to_string()
    }

    /// 27 characters, as API secrets have.
    pub(crate) fn next_secret(&mut self) -> String {
        self.keys = self.keys.wrapping_add(1);
        let mut secret = format!("S{}", hex(self.seed.rotate_left(31), self.keys));
        secret.truncate(27);
        secret
    }

    /// 32 hex digits. Separate from the other ids, so that reading does not change the next user's id.
    pub(crate) fn request_id(&self, number: u64) -> String {
        hex(!self.seed, number)
    }
}

fn hex(seed: u64, number: u64) -> String {
    let high = mix(seed ^ mix(number));
    let low = mix(high ^ number);
    format!("{high:016x}{low:016x}")
}

/// The finaliser of `SplitMix64`: a bijection, so that counters never collide before it is truncated.
fn mix(value: u64) -> u64 {
    let value = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_ids_and_another_seed_others() {
        let draw = |seed| {
            let mut ids = Ids::seeded(seed);
            (0..3).map(|_| ids.next_id()).collect::<Vec<_>>()
        };
        assert_eq!(draw(7), draw(7));
        assert_ne!(draw(7), draw(8));
        assert!(draw(7).iter().all(|id| id.len() == 30));
    }
}
