//! The command line as commands read it: `--name value` or `--name=value`, and `--help`.

use std::ffi::OsString;
use std::vec::IntoIter;

/// The words that ask how to ask.
pub(super) const HELP: [&str; 3] = ["--help", "-help", "-h"];

/// The arguments behind a command's name.
#[derive(Debug)]
pub(super) struct Options {
    rest: IntoIter<OsString>,
}

/// One option, as it stands there.
#[derive(Debug)]
pub(super) struct Given {
    /// The name with its dashes.
    pub(super) name: String,
    /// The whole argument.
    pub(super) argument: String,
    /// What stands behind the equals sign.
    attached: Option<String>,
}

impl Options {
    pub(super) fn new(arguments: Vec<OsString>) -> Self {
        Self { rest: arguments.into_iter() }
    }

    /// The next one.
    ///
    /// # Errors
    ///
    /// It is no text.
    pub(super) fn next(&mut self) -> Result<Option<Given>, String> {
        let Some(argument) = self.rest.next().map(text).transpose()? else { return Ok(None) };
        let (name, attached) = match argument.split_once('=') {
            Some((name, value)) => (name.to_owned(), Some(value.to_owned())),
            None => (argument.clone(), None),
        };
        Ok(Some(Given { name, argument, attached }))
    }

    /// The value of an option: what is attached to it, or else the argument behind it, which is no option.
    ///
    /// # Errors
    ///
    /// There is none.
    pub(super) fn value(&mut self, given: Given) -> Result<String, String> {
        if let Some(value) = given.attached {
            return Ok(value);
        }
        let next = self.rest.next().map(text).transpose()?;
        next.filter(|value| !value.starts_with("--")).ok_or_else(|| format!("{} needs a value", given.name))
    }
}

impl Given {
    /// Whether a value is attached to it.
    pub(super) fn has_value(&self) -> bool {
        self.attached.is_some()
    }
}

/// Hands over each option: its name, and its value unless it is one of `flags`. True where somebody asks how to ask, and what
/// stands behind that does not count.
///
/// # Errors
///
/// What is wrong with the arguments, in a line; also what `take` says.
pub(super) fn each(
    arguments: Vec<OsString>,
    flags: &[&str],
    is_known: impl Fn(&str) -> bool,
    mut take: impl FnMut(&str, &str) -> Result<(), String>,
) -> Result<bool, String> {
    let mut options = Options::new(arguments);
    while let Some(given) = options.next()? {
        let name = given.name.clone();
        if HELP.contains(&given.argument.as_str()) {
            return Ok(true);
        }
        if flags.contains(&name.as_str()) && !given.has_value() {
            take(&name, "")?;
            continue;
        }
        if !is_known(&name) {
            return Err(unknown(&given.argument));
        }
        let value = options.value(given)?;
        take(&name, &value)?;
    }
    Ok(false)
}

/// The word of a closed list.
///
/// # Errors
///
/// It is none of them.
pub(super) fn one_of<T: Copy>(name: &str, value: &str, words: &[(&str, T)]) -> Result<T, String> {
    let found = words.iter().find(|(word, _)| *word == value).map(|(_, meaning)| *meaning);
    found.ok_or_else(|| {
        let words: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        format!("{name}: {value:?} is none of {}", words.join(", "))
    })
}

/// What is said of an option that there is not.
pub(super) fn unknown(option: &str) -> String {
    format!("there is no option {option:?}; try --help")
}

fn text(argument: OsString) -> Result<String, String> {
    argument.into_string().map_err(|argument| format!("{} is no text", argument.display()))
}
