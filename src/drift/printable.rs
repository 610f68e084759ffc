//! Texts that come from a plan file, made harmless for every reader: a terminal, a log, a page.
//!
//! Everything that goes into a report passes through here first. What a format itself gives a meaning to, such as `<`,
//! is for the format to escape.

use std::fmt::Write as _;

/// The longest text of one attribute, address or message, in characters.
const LONGEST: usize = 400;

/// The text in one line, without anything that a terminal or a pipeline obeys or that hides other text, and not too long.
pub(super) fn printable(text: &str) -> String {
    let mut printable = String::with_capacity(text.len().min(LONGEST));
    for (count, character) in text.chars().enumerate() {
        if count == LONGEST {
            printable.push('…');
            break;
        }
        // Wherever they stand in a line, pipelines take `##vso[` and `##[` for commands:
        // https://learn.microsoft.com/azure/devops/pipelines/scripts/logging-commands
        // And what a line begins with, even after spaces: https://docs.github.com/actions/reference/workflow-commands-for-github-actions
        let command = (character == '#' && printable.ends_with('#'))
            || (character == ':' && printable.trim_start().is_empty());
        if is_harmless(character) && !command {
            printable.push(character);
        } else {
            // Writing to a text does not fail.
            write!(printable, "\\u{{{:x}}}", u32::from(character)).ok();
        }
    }
    printable
}

/// Not a control character, and none that turns the direction of the line, is invisible, or is no character at all.
/// <https://www.unicode.org/reports/tr36/#Bidirectional_Text_Spoofing>
fn is_harmless(character: char) -> bool {
    let code = u32::from(character);
    let hidden = matches!(code, 0xad | 0x61c | 0x180e | 0x200b..=0x200f | 0x2028..=0x202e | 0x2060..=0x206f)
        || matches!(code, 0xfeff | 0xfff9..=0xfffb | 0xe0000..=0xe0fff);
    !character.is_control() && !hidden && code & 0xfffe != 0xfffe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_moves_the_cursor_or_hides() {
        for (text, expected) in [
            ("Standard", "Standard"),
            ("a\u{1b}[2Jb\r\n::error::x", "a\\u{1b}[2Jb\\u{d}\\u{a}::error::x"),
            ("x\u{202e}y\u{9b}z\u{200b}", "x\\u{202e}y\\u{9b}z\\u{200b}"),
            ("日本 é <b> ```", "日本 é <b> ```"),
            ("##vso[task.setvariable] #a", "#\\u{23}vso[task.setvariable] #a"),
            (" ::error::x", " \\u{3a}:error::x"),
            ("\u{ffff}\u{fffe}", "\\u{ffff}\\u{fffe}"),
        ] {
            assert_eq!(printable(text), expected, "{text:?}");
        }
    }

    #[test]
    fn long_texts_are_cut() {
        let cut = printable(&"é".repeat(10_000));
        assert_eq!((cut.chars().count(), cut.ends_with('…')), (LONGEST + 1, true));
        assert_eq!(printable(&"a".repeat(LONGEST)).len(), LONGEST);
    }
}
