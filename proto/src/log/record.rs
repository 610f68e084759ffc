//! One hclog line from one event, as a pure function.
//!
//! The host's rules: <https://github.com/hashicorp/go-plugin/blob/v1.6.0/log_entry.go>. `@message`, `@level` and
//! `@timestamp` must be strings, the time must have six digits after the point, and a line must be shorter
//! than 64 KiB; Terraform panics on a breach of the first rule and takes the line for plain text otherwise.
//!
//! Fields whose names speak of secrets are blanked, in case a caller forgot.

use serde_json::{Map, Value};
use time::OffsetDateTime;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;
use tracing::Level;

/// The longest line: a little below the host's 64 KiB.
const LINE_BYTES_MAX: usize = 60 * 1024;

/// A byte of a string takes up to six in JSON, as in `\u0000`; the rest is room for keys and punctuation.
const ESCAPED_BYTE_MAX: usize = 8;

const TIMESTAMP: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:6]Z");

/// Parts of field names that mark a secret.
const SECRET_NAMES: [&str; 4] = ["authorization", "password", "secret", "token"];

/// Writes a line with its newline; `now` is in UTC, and `fields` holds the text under `message`.
pub(super) fn line(level: Level, target: &str, now: OffsetDateTime, fields: Map<String, Value>) -> Vec<u8> {
    let mut record: Map<String, Value> = fields.into_iter().map(|(key, value)| field(&key, value)).collect();
    let reserved = [
        ("@level", level.as_str().to_ascii_lowercase()),
        ("@module", format!("provider.{}", target.replace("::", "."))),
        ("@timestamp", now.format(TIMESTAMP).unwrap_or_default()),
    ];
    record.extend(reserved.map(|(key, value)| (key.to_owned(), Value::String(value))));
    record.entry("@message").or_insert_with(|| Value::String(String::new()));
    let mut line = Value::Object(record.clone()).to_string();
    if line.len() >= LINE_BYTES_MAX {
        shorten(&mut record);
        line = Value::Object(record).to_string();
    }
    line.push('\n');
    line.into_bytes()
}

/// Renames and blanks one field so that it cannot pass for a reserved one; the message becomes a text.
fn field(key: &str, value: Value) -> (String, Value) {
    if key == "message" {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        return ("@message".to_owned(), Value::String(text));
    }
    let value = if value.is_string() && is_secret(key) { Value::from("[redacted]") } else { value };
    (key.trim_start_matches('@').to_owned(), value)
}

fn is_secret(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    SECRET_NAMES.iter().any(|name| key.contains(name))
}

/// Cuts every text to its share of a line.
fn shorten(record: &mut Map<String, Value>) {
    let share = LINE_BYTES_MAX / ESCAPED_BYTE_MAX / record.len();
    for value in record.values_mut() {
        if let Value::String(text) = value
            && text.len() > share
        {
            let end = (0..=share).rev().find(|end| text.is_char_boundary(*end));
            text.truncate(end.unwrap_or_default());
            text.push('…');
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use time::macros::datetime;

    use super::*;

    fn written(fields: &Value) -> Value {
        let fields = fields.as_object().unwrap().clone();
        let line = line(Level::WARN, "defender::arm", datetime!(2026-01-02 03:04:05.000_006_7 UTC), fields);
        assert_eq!(line.iter().position(|byte| *byte == b'\n'), Some(line.len() - 1));
        assert!(line.len() <= LINE_BYTES_MAX, "{} bytes", line.len());
        serde_json::from_slice(&line).unwrap()
    }

    #[test]
    fn reserved_keys_are_ours_and_texts() {
        let ours = json!({
            "@level": "warn", "@module": "provider.defender.arm", "@timestamp": "2026-01-02T03:04:05.000006Z",
        });
        let cases = [
            (json!({}), json!({ "@message": "" })),
            (json!({ "message": "one\ntwo" }), json!({ "@message": "one\ntwo" })),
            (json!({ "message": 7 }), json!({ "@message": "7" })),
            (
                json!({ "@level": 1, "tries": 3, "done": true }),
                json!({ "@message": "", "level": 1, "tries": 3, "done": true }),
            ),
        ];
        for (fields, mut expected) in cases {
            expected.as_object_mut().unwrap().extend(ours.as_object().unwrap().clone());
            assert_eq!(written(&fields), expected);
        }
    }

    #[test]
    fn texts_named_like_secrets_are_blanked() {
        for (key, clear) in [
            ("token", false),
            ("oidcToken", false),
            ("client_secret", false),
            ("Authorization", false),
            ("password_file", false),
            ("tenant", true),
        ] {
            let line = written(&json!({ key: "hunter2" })).to_string();
            assert_eq!(line.contains("hunter2"), clear, "{key}");
        }
        assert_eq!(written(&json!({ "token_count": 3 }))["token_count"], 3);
    }

    #[test]
    fn a_long_line_is_cut_and_stays_a_record() {
        for text in ["\u{1}".repeat(100_000), "ü".repeat(100_000), "a".repeat(61_400)] {
            let record = written(&json!({ "message": text, "other": text, "short": "kept" }));
            assert!(record["@message"].as_str().unwrap().ends_with('…'));
            assert_eq!(record["short"], "kept");
        }
    }
}
