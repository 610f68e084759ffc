//! Exactness across models.
//!
//! A struct holds less than a value does: a double is not every number, and "unknown" says nothing of what is
//! known all the same. Terraform compares exactly, so whatever the author of a provider has not touched must go
//! back as it came.

use crate::Value;

/// The value `after`, in which every part that equals its counterpart in `echoed` is taken from `before`. `echoed`
/// is `before` as the author's struct repeats it, so such a part was not touched.
pub(crate) fn keep_untouched(before: &Value, echoed: &Value, after: Value) -> Value {
    if after == *echoed {
        return before.clone();
    }
    match (before, echoed, after) {
        (Value::Map(before), Value::Map(echoed), Value::Map(after)) => {
            let kept = after.into_iter().map(|(key, after)| match (before.get(&key), echoed.get(&key)) {
                (Some(before), Some(echoed)) => (key, keep_untouched(before, echoed, after)),
                _ => (key, after),
            });
            Value::Map(kept.collect())
        }
        (Value::List(before), Value::List(echoed), Value::List(after)) => {
            let counterparts = before.iter().zip(echoed).map(Some).chain(std::iter::repeat(None));
            let kept = after.into_iter().zip(counterparts).map(|(after, counterpart)| match counterpart {
                Some((before, echoed)) => keep_untouched(before, echoed, after),
                None => after,
            });
            Value::List(kept.collect())
        }
        (Value::Set(before), Value::Set(echoed), Value::Set(after)) => {
            let kept = after.into_iter().map(|after| {
                let counterpart = echoed.iter().zip(before).find(|(echoed, _)| **echoed == after);
                counterpart.map_or(after, |(_, before)| before.clone())
            });
            Value::Set(kept.collect())
        }
        (_, _, after) => after,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::{Number, Unknown};

    #[test]
    fn what_was_not_touched_goes_back_as_it_came() {
        let number = |text: &str| Value::Number(Number::parse(text).unwrap());
        let refined = || Value::Unknown(Unknown::refined(b"\x81\x01\xc2"));
        let object = |one: Value, two: Value, rest: Vec<Value>| {
            Value::from_iter([
                ("one", one),
                ("two", two),
                ("list", Value::List(rest.clone())),
                ("set", Value::Set(rest)),
            ])
        };
        let exact = "123456789012345678901234567890";
        let rounded = || Value::Number(Number::Float(123_456_789_012_345_680_000_000_000_000.0));
        let before = object(number(exact), refined(), vec![refined(), number(exact)]);
        let echoed = object(rounded(), Value::UNKNOWN, vec![Value::UNKNOWN, rounded()]);
        assert_eq!(keep_untouched(&before, &echoed, echoed.clone()), before);

        let touched = object(rounded(), "set".into(), vec![Value::UNKNOWN, "set".into(), rounded()]);
        let expected = Value::from_iter([
            ("one", number(exact)),
            ("two", "set".into()),
            ("list", Value::List(vec![refined(), "set".into(), rounded()])),
            ("set", Value::Set(vec![refined(), "set".into(), number(exact)])),
        ]);
        assert_eq!(keep_untouched(&before, &echoed, touched), expected);
    }
}
