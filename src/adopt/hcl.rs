//! HCL as `terraform fmt` would write it. Pure; every text from outside is escaped here.
//! <https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md>

use std::fmt::Write as _;

/// The right side of an attribute.
#[derive(Clone, Debug)]
pub(super) enum Expression {
    /// A quoted text.
    Text(String),
    /// Written as it is: a number, a flag, a reference.
    Word(String),
    /// An object, each of whose entries stands on a line of its own.
    Object(Vec<(String, Self)>),
    /// An object on one line.
    Line(Vec<(String, Self)>),
    /// A list; on one line unless objects stand in it.
    List(Vec<Self>),
}

/// A quoted text.
pub(super) fn text(text: impl Into<String>) -> Expression {
    Expression::Text(text.into())
}

/// A block: its words and labels, and what is in it.
pub(super) fn block(head: &str, labels: &[&str], body: &[(String, Expression)]) -> String {
    let labels: String = labels.iter().flat_map(|label| [" ".to_owned(), quoted(label)]).collect();
    if body.is_empty() {
        return format!("{head}{labels} {{}}\n");
    }
    format!("{head}{labels} {{\n{}}}\n", entries(body, 1, true))
}

/// A comment of one line, whatever the text is.
pub(super) fn comment(text: &str) -> String {
    let line: String = text.chars().map(|c| if is_odd(c) { ' ' } else { c }).collect();
    format!("# {}", line.trim_end()).trim_end().to_owned() + "\n"
}

/// Entries with their equal signs below each other; what takes several lines stands apart, as in `terraform fmt`.
fn entries(entries: &[(String, Expression)], depth: usize, apart: bool) -> String {
    let indentation = "  ".repeat(depth);
    let mut text = String::new();
    let runs = entries.chunk_by(|(_, one), (_, other)| !one.is_long() && !other.is_long());
    for (number, run) in runs.enumerate() {
        if apart && number > 0 {
            text.push('\n');
        }
        let width = run.iter().map(|(name, _)| key(name).chars().count()).max().unwrap_or(0);
        for (name, value) in run {
            let name = key(name);
            let value = value.rendered(depth);
            // Writing to a String cannot fail.
            let _: std::fmt::Result = writeln!(text, "{indentation}{name:width$} = {value}");
        }
    }
    text
}

impl Expression {
    /// Whether it takes several lines.
    pub(super) fn is_long(&self) -> bool {
        match self {
            Self::Object(inside) => !inside.is_empty(),
            Self::List(items) => items.iter().any(Self::is_long),
            Self::Text(_) | Self::Word(_) | Self::Line(_) => false,
        }
    }

    fn rendered(&self, depth: usize) -> String {
        match self {
            Self::Text(text) => quoted(text),
            Self::Word(word) => word.clone(),
            Self::Object(inside) if inside.is_empty() => "{}".to_owned(),
            Self::List(items) if self.is_long() => {
                let indentation = "  ".repeat(depth);
                let items =
                    items.iter().map(|item| format!("{indentation}  {},\n", item.rendered(depth + 1)));
                format!("[\n{}{indentation}]", items.collect::<String>())
            }
            Self::List(items) => {
                let items = items.iter().map(|item| item.rendered(depth));
                format!("[{}]", items.collect::<Vec<_>>().join(", "))
            }
            Self::Object(inside) => {
                format!("{{\n{}{}}}", entries(inside, depth + 1, false), "  ".repeat(depth))
            }
            Self::Line(inside) => {
                let inside =
                    inside.iter().map(|(name, value)| format!("{} = {}", key(name), value.rendered(0)));
                format!("{{ {} }}", inside.collect::<Vec<_>>().join(", "))
            }
        }
    }
}

/// A key of an object or the name of an attribute; quoted unless it is a plain word, for words such as `for` mean something.
fn key(name: &str) -> String {
    let plain = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    let taken = ["for", "if", "in", "null", "true", "false"].contains(&name);
    if plain && !taken { name.to_owned() } else { quoted(name) }
}

/// A text in quotes, in which nothing is a template.
pub fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            '$' | '%' => {
                quoted.push(c);
                if rest.peek() == Some(&'{') {
                    quoted.push(c);
                }
            }
            c if is_odd(c) => {
                let _: std::fmt::Result = write!(quoted, "\\u{:04X}", u32::from(c));
            }
            c => quoted.push(c),
        }
    }
    quoted + "\""
}

/// Controls, ends of lines and marks that turn the direction of writing: a reader would not see what stands there.
fn is_odd(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_text_means_anything() {
        for (given, expected) in [
            ("plain ü", "\"plain ü\""),
            ("a\"b\\c", r#""a\"b\\c""#),
            ("${x} %{y} $x 5% $${z}", r#""$${x} %%{y} $x 5% $$${z}""#),
            ("a\nb\tc\rd", r#""a\nb\tc\rd""#),
            ("\u{1}\u{202E}", r#""\u0001\u202E""#),
        ] {
            assert_eq!(quoted(given), expected);
        }
        assert_eq!(comment("a\nresource \"x\" {\r}  "), "# a resource \"x\" { }\n");
    }

    #[test]
    fn blocks_are_as_terraform_fmt_writes_them() {
        let extensions = Expression::Object(vec![
            ("A".into(), Expression::Line(vec![("enabled".into(), Expression::Word("true".into()))])),
            ("for".into(), Expression::Line(vec![("enabled".into(), Expression::Word("true".into()))])),
            ("B".into(), Expression::Object(vec![("a b".into(), text("1")), ("c".into(), text("2"))])),
        ]);
        let body =
            [("scope".into(), text("/s")), ("name".into(), text("Arm")), ("extensions".into(), extensions)];
        let expected = r#"resource "defender_plan" "it" {
  scope = "/s"
  name  = "Arm"

  extensions = {
    A     = { enabled = true }
    "for" = { enabled = true }
    B = {
      "a b" = "1"
      c     = "2"
    }
  }
}
"#;
        assert_eq!(block("resource", &["defender_plan", "it"], &body), expected);
        assert_eq!(block("provider", &["defender"], &[]), "provider \"defender\" {}\n");
    }
}
