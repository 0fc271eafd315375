//! What all readers of JSON share.

use std::io::{BufReader, Read as _};

use serde::de::{DeserializeOwned, IgnoredAny, MapAccess, Visitor};

use super::Format;
use super::input::{Input, MAX_WHOLE, ProfileError};

/// Keys that are looked at.
const MAX_KEYS: usize = 64;
/// Keys that only one format has.
const DECISIVE: [&str; 5] = [
    "hotlint-profile",
    "traceEvents",
    "root_frame",
    "frame_records",
    "top_allocations_by_size",
];
/// How deep trees may be.
pub const MAX_DEPTH: usize = 4_000;

/// The keys of the outermost object, as many as can be read.
///
/// # Errors
/// When the file cannot be read.
pub fn top_keys(input: &Input) -> Result<Vec<String>, ProfileError> {
    struct Keys<'a>(&'a mut Vec<String>);

    impl<'de> Visitor<'de> for Keys<'_> {
        type Value = ();

        fn expecting(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
            while let Some(key) = map.next_key::<String>()? {
                // What tells all need not be read twice.
                let is_enough = DECISIVE.contains(&key.as_str());
                self.0.push(key);
                if is_enough || self.0.len() >= MAX_KEYS {
                    return Err(serde::de::Error::custom("enough"));
                }
                map.next_value::<IgnoredAny>()?;
            }
            Ok(())
        }
    }

    let mut keys = Vec::new();
    let reader = BufReader::new(input.open()?.take(MAX_WHOLE));
    let mut json = serde_json::Deserializer::from_reader(reader);
    // Wherever it breaks off, what came before tells what it is.
    let _ = serde::Deserializer::deserialize_map(&mut json, Keys(&mut keys));
    Ok(keys)
}

/// The whole input as a `T`.
///
/// # Errors
/// When it is too large, or something else.
pub fn whole<T: DeserializeOwned>(input: &Input, format: Format) -> Result<T, ProfileError> {
    let bytes = input.whole()?;
    serde_json::from_slice(&bytes).map_err(|error| ProfileError::broken(format, error))
}

/// Like [`whole`], for trees as deep as call stacks are.
///
/// # Errors
/// When it is too large or deep, or something else.
pub fn tree<T: DeserializeOwned>(input: &Input, format: Format) -> Result<T, ProfileError> {
    let bytes = input.whole()?;
    if depth(&bytes) > MAX_DEPTH {
        return Err(ProfileError::broken(format, "nested too deeply"));
    }
    let mut json = serde_json::Deserializer::from_slice(&bytes);
    json.disable_recursion_limit();
    T::deserialize(&mut json).map_err(|error| ProfileError::broken(format, error))
}

/// How deep brackets go, those in strings left out.
fn depth(bytes: &[u8]) -> usize {
    let (mut depth, mut deepest) = (0usize, 0);
    let mut bytes = bytes.bytes().map_while(Result::ok);
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => {
                while let Some(byte) = bytes.next() {
                    match byte {
                        b'\\' => {
                            bytes.next();
                        }
                        b'"' => break,
                        _ => {}
                    }
                }
            }
            b'[' | b'{' => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_in_strings_do_not_count() {
        assert_eq!(depth(br#"{"a\"[[": [1, {"b": "}"}]}"#), 3);
    }

    #[test]
    fn trees_may_be_deep_but_not_beyond_measure() {
        let nested =
            |depth: usize| Input::Bytes(["[".repeat(depth), "]".repeat(depth)].concat().into());
        let read = |depth| tree::<IgnoredAny>(&nested(depth), Format::Pyinstrument).is_ok();
        assert!(read(1_000));
        assert!(!read(1_000_000));
    }
}
