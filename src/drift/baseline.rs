//! Known findings that are accepted for a while: by id, by path, and until a day.

use serde::Deserialize;

use super::finding::{Accepted, Finding};
use super::printable::printable;
use crate::catalog::model::Day;

/// A baseline file, in TOML or in JSON.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Baseline {
    #[serde(default)]
    accept: Vec<Entry>,
}

/// What is accepted.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    /// The finding's id.
    id: Option<String>,
    /// Its address and attribute; `*` stands for any text, `?` for a character.
    path: Option<String>,
    /// The last day on which it is accepted.
    expires: Day,
    /// Why.
    reason: String,
}

/// What a report has to say about the baseline itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// Entries whose day is over, and that would have accepted something.
    pub expired: Vec<String>,
    /// Entries that accept nothing.
    pub unused: Vec<String>,
}

impl Baseline {
    /// Reads a file: JSON where it begins with a brace, TOML otherwise.
    ///
    /// # Errors
    ///
    /// What is wrong with it, and where.
    pub fn parse(text: &str) -> Result<Self, String> {
        let baseline: Self = if text.trim_start().starts_with('{') {
            serde_json::from_str(text).map_err(|error| printable(&error.to_string()))?
        } else {
            toml::from_str(text).map_err(|error| wrong(text, &error))?
        };
        for entry in &baseline.accept {
            if entry.id.is_none() && entry.path.is_none() {
                return Err(format!(
                    "an entry has neither id nor path, so it would accept everything ({})",
                    entry.name()
                ));
            }
            if entry.reason.trim().is_empty() {
                return Err(format!("{} has no reason", entry.name()));
            }
        }
        Ok(baseline)
    }

    /// Marks what it accepts today, and says which entries do nothing.
    pub fn apply(&self, findings: &mut [Finding], today: Day) -> Told {
        let mut told = Told::default();
        for entry in &self.accept {
            let mut fitting = findings.iter_mut().filter(|finding| entry.fits(finding)).peekable();
            if fitting.peek().is_none() {
                told.unused.push(entry.name());
            } else if entry.expires < today {
                told.expired.push(entry.name());
            } else {
                for finding in fitting.filter(|finding| finding.accepted.is_none()) {
                    finding.accepted =
                        Some(Accepted { reason: printable(&entry.reason), expires: entry.expires });
                }
            }
        }
        told
    }
}

impl Entry {
    fn fits(&self, finding: &Finding) -> bool {
        let id = self.id.as_ref().is_none_or(|id| id.eq_ignore_ascii_case(&finding.id));
        id && self.path.as_ref().is_none_or(|pattern| matches(pattern, &finding.full_path()))
    }

    /// The entry as people find it in the file.
    fn name(&self) -> String {
        let id = self.id.as_ref().map(|id| format!("id {id}"));
        let path = self.path.as_ref().map(|path| format!("path {path}"));
        let names: Vec<String> = id.into_iter().chain(path).collect();
        printable(&format!("{}, until {}: {}", names.join(", "), self.expires, self.reason))
    }
}

/// The first line of what the TOML reader says, with the line of the file.
fn wrong(text: &str, error: &toml::de::Error) -> String {
    let start = error.span().map_or(0, |span| span.start);
    let line = text.get(..start).unwrap_or_default().matches('\n').count() + 1;
    printable(&format!("line {line}: {}", error.message()))
}

/// Whether a text fits a pattern with `*` and `?`; brackets mean themselves. Takes time in proportion to both lengths.
fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    let (mut p, mut t, mut star) = (0, 0, None);
    while let Some(character) = text.get(t) {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, t));
                p += 1;
            }
            Some(expected) if *expected == '?' || expected == character => (p, t) = (p + 1, t + 1),
            // The last star takes one character more.
            Some(_) | None => match star {
                Some((place, taken)) => {
                    star = Some((place, taken + 1));
                    (p, t) = (place + 1, taken + 1);
                }
                None => return false,
            },
        }
    }
    pattern.iter().skip(p).all(|rest| *rest == '*')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::drift::tests::finding;

    fn today() -> Day {
        Day::new(2026, 11, 29).unwrap()
    }

    #[test]
    fn patterns() {
        for (pattern, text, fits) in [
            ("*", "", true),
            ("a*c", "abc", true),
            ("a*c", "abcd", false),
            ("a?c", "abc", true),
            ("module.m[\"a\"].*", "module.m[\"a\"].defender_plan.x.tier", true),
            ("*.tier", "defender_plan.x.tier", true),
            ("*.tier", "defender_plan.tiers", false),
            ("*a*b*", "xxaxxbxx", true),
            ("", "a", false),
        ] {
            assert_eq!(matches(pattern, text), fits, "{pattern} {text}");
        }
        assert!(!matches(&"*a".repeat(200), &"a".repeat(190)), "and it ends");
    }

    #[test]
    fn entries_accept_until_their_day() {
        let file = "
            [[accept]]
            id = \"000000000001\"
            expires = \"2026-11-29\"
            reason = \"until the contract ends\"

            [[accept]]
            path = \"defender_plan.b.*\"
            expires = \"2026-11-28\"
            reason = \"over\"

            [[accept]]
            path = \"defender_plan.c.*\"
            expires = \"2027-01-01\"
            reason = \"never was\"
        ";
        let mut findings = vec![finding("000000000001", "defender_plan.a"), finding("2", "defender_plan.b")];
        let told = Baseline::parse(file).unwrap().apply(&mut findings, today());
        let reason = |finding: &Finding| finding.accepted.as_ref().map(|accepted| accepted.reason.clone());
        assert_eq!(
            findings.iter().map(reason).collect::<Vec<_>>(),
            [Some("until the contract ends".into()), None]
        );
        assert_eq!(told.expired, ["path defender_plan.b.*, until 2026-11-28: over"]);
        assert_eq!(told.unused, ["path defender_plan.c.*, until 2027-01-01: never was"]);
    }

    #[test]
    fn json_is_the_same_and_mistakes_are_told() {
        let json = r#"{"accept": [{"id": "A1", "path": "*.b.*", "expires": "2027-01-01", "reason": "r"}]}"#;
        let mut findings = vec![finding("a1", "defender_plan.a"), finding("a1", "defender_plan.b")];
        Baseline::parse(json).unwrap().apply(&mut findings, today());
        assert!(findings[0].accepted.is_none() && findings[1].accepted.is_some(), "both must fit");
        for (file, expected) in [
            ("[[accept]]\nexpires = \"2027-01-01\"\nreason = \"x\"\n", "neither id nor path"),
            ("[[accept]]\nid = \"a\"\nexpires = \"soon\"\nreason = \"x\"\n", "line 3: \"soon\" is not a day"),
            ("[[accept]]\nid = \"a\"\nexpires = \"2027-01-01\"\nreason = \" \"\n", "has no reason"),
            ("[[accept]]\nid = \"a\"\nreason = \"x\"\n", "missing field `expires`"),
            ("[[accepted]]\n", "unknown field `accepted`"),
            ("{\"accept\": 1}", "invalid type"),
            ("[[accept", "line 1: "),
        ] {
            let problem = Baseline::parse(file).unwrap_err();
            assert!(problem.contains(expected), "{file}: {problem}");
        }
    }
}
