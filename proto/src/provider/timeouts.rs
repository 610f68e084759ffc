//! The `timeouts` block that every resource and data source has.

use std::time::Duration;

use crate::Value;
use crate::schema::{Attribute, Block};

/// The name of the block.
pub(crate) const TIMEOUTS: &str = "timeouts";

/// How long each operation may take, all of its waits and retries together.
#[derive(Clone, Copy, Debug)]
pub struct Timeouts {
    /// For creation.
    pub create: Duration,
    /// For reading.
    pub read: Duration,
    /// For changes in place.
    pub update: Duration,
    /// For deletion.
    pub delete: Duration,
}

/// An operation that has a timeout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    Create,
    Read,
    Update,
    Delete,
}

impl Timeouts {
    /// Twenty minutes for everything, which is Terraform's own custom.
    pub const MINUTES_20: Self = Self::minutes(20, 20, 20, 20);

    /// Timeouts in minutes.
    pub const fn minutes(create: u64, read: u64, update: u64, delete: u64) -> Self {
        Self {
            create: Duration::from_secs(create * 60),
            read: Duration::from_secs(read * 60),
            update: Duration::from_secs(update * 60),
            delete: Duration::from_secs(delete * 60),
        }
    }

    /// The timeout of `operation`, by the block if it says something, else the default.
    pub(crate) fn of(&self, operation: Operation, block: &Value) -> Duration {
        let (name, default) = self.named(operation);
        block.get(name).as_str().and_then(parse).unwrap_or(default)
    }

    /// The schema of the block.
    pub(crate) fn block(&self, operations: &[Operation]) -> Block {
        let attribute = |operation: &Operation| {
            let (name, default) = self.named(*operation);
            let minutes = default.as_secs() / 60;
            let description = format!(
                "How long to try to {name}, retries included, as a duration such as `30m` or `1h30m`. \
                 Default: `{minutes}m`."
            );
            let check = |value: &Value| match value.as_str().map(parse) {
                Some(None) => {
                    Err("A duration is a number with a unit, such as \"30s\", \"5m\" or \"1h30m\".".into())
                }
                _ => Ok(()),
            };
            (name.to_owned(), Attribute::string().optional().check(check).describe(description))
        };
        Block {
            description: "How long operations may take.".to_owned(),
            attributes: operations.iter().map(attribute).collect(),
            ..Block::default()
        }
    }

    fn named(&self, operation: Operation) -> (&'static str, Duration) {
        match operation {
            Operation::Create => ("create", self.create),
            Operation::Read => ("read", self.read),
            Operation::Update => ("update", self.update),
            Operation::Delete => ("delete", self.delete),
        }
    }
}

/// Reads a duration as Go writes it, above zero and at most a day: `90s`, `5m`, `1h30m`, `1.5h`.
/// <https://pkg.go.dev/time#ParseDuration>
fn parse(text: &str) -> Option<Duration> {
    const DAY: f64 = 86_400.0;
    let mut seconds = 0.0;
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let amount: f64 = rest[..digits].parse().ok()?;
        rest = &rest[digits..];
        let (unit, factor) = [("ms", 0.001), ("h", 3600.0), ("m", 60.0), ("s", 1.0)]
            .into_iter()
            .find(|(u, _)| rest.starts_with(u))?;
        rest = &rest[unit.len()..];
        seconds += amount * factor;
    }
    (seconds > 0.0 && seconds <= DAY).then(|| Duration::from_secs_f64(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_written_as_in_go() {
        for (text, seconds) in [
            ("90s", 90.0),
            ("5m", 300.0),
            ("1h30m", 5400.0),
            ("1.5h", 5400.0),
            ("500ms", 0.5),
            ("24h", 86_400.0),
        ] {
            assert_eq!(parse(text).map(|duration| duration.as_secs_f64()), Some(seconds), "{text}");
        }
        for text in ["", "5", "m", "-5m", "5 m", "5x", "0s", "25h", "1..5h", "999999999999h"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn the_block_overrides_the_default() {
        let timeouts = Timeouts::minutes(60, 5, 60, 60);
        let block = Value::from_iter([("create", Value::from("10s"))]);
        assert_eq!(timeouts.of(Operation::Create, &block), Duration::from_secs(10));
        assert_eq!(timeouts.of(Operation::Read, &block), Duration::from_secs(300));
    }
}
