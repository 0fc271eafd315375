//! A part of a project, so that several machines share the work.

use std::str::FromStr;

use xxhash_rust::xxh3::xxh3_64;

/// Part `index` of `count`, as in `2/5`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    /// From 0.
    index: u64,
    count: u64,
}

impl Shard {
    /// Whether the file that reports call `shown` belongs to this part: decided by its name alone, so that all machines agree,
    /// whatever else they have on disk.
    pub fn has(self, shown: &str) -> bool {
        xxh3_64(shown.as_bytes()) % self.count == self.index
    }
}

impl FromStr for Shard {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        let (index, count) = text.split_once('/').ok_or("expected a part, as in `2/5`")?;
        let number = |text: &str| {
            text.parse::<u64>()
                .map_err(|_| "expected two numbers, as in `2/5`")
        };
        let (index, count) = (number(index)?, number(count)?);
        match (1..=count).contains(&index) {
            true => Ok(Self {
                index: index - 1,
                count,
            }),
            false => Err("the first number counts from 1 up to the second"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_file_belongs_to_one_part() {
        let parts: Vec<Shard> = (1..=5)
            .map(|index| format!("{index}/5").parse().unwrap())
            .collect();
        let mut sizes = [0; 5];
        for number in 0..1000 {
            let name = format!("src/m{number}.py");
            let owners: Vec<_> = (0..5).filter(|part| parts[*part].has(&name)).collect();
            assert_eq!(owners.len(), 1);
            sizes[owners[0]] += 1;
        }
        assert!(
            sizes.iter().all(|size| (150..250).contains(size)),
            "{sizes:?}"
        );
        for wrong in ["", "1", "0/2", "3/2", "1/0", "a/b", "-1/2"] {
            assert!(wrong.parse::<Shard>().is_err(), "{wrong}");
        }
    }
}
