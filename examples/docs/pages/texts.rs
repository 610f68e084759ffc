//! The texts of files below a folder of the repository.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

/// Texts by their paths in the repository, with `/` between the parts.
pub(super) type Texts = BTreeMap<String, String>;

/// Endings of files that are of use to pages.
const ENDINGS: [&str; 5] = [".tf", ".hcl", ".sh", ".toml", ".md"];

/// Reads all files below a folder that are of use to pages; none where there is no such folder.
pub(super) fn below(root: &Path, folder: &str) -> io::Result<Texts> {
    let mut texts = Texts::new();
    let path = root.join(folder);
    if !path.is_dir() {
        return Ok(texts);
    }
    for entry in fs::read_dir(path)? {
        let entry = entry?;
        let path = format!("{folder}/{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            texts.extend(below(root, &path)?);
        } else if ENDINGS.iter().any(|ending| path.ends_with(ending)) {
            texts.insert(path, fs::read_to_string(entry.path())?);
        }
    }
    Ok(texts)
}

/// Files of one folder, by name; those in folders below it are not among them.
pub(super) fn of_folder<'a>(texts: &'a Texts, folder: &str) -> Vec<(&'a str, &'a str)> {
    let inside =
        |path: &'a str| path.strip_prefix(folder)?.strip_prefix('/').filter(|name| !name.contains('/'));
    texts.iter().filter_map(|(path, text)| Some((inside(path)?, text.as_str()))).collect()
}

/// Reads the address and the id from the one line `terraform import ADDRESS ID` of an `import.sh`.
///
/// # Errors
///
/// There is no such line.
pub(crate) fn import_arguments(script: &str) -> Result<(String, String), String> {
    let command = script.lines().find_map(|line| line.strip_prefix("terraform import "));
    let (address, id) = command
        .and_then(|arguments| arguments.split_once(' '))
        .ok_or_else(|| format!("import.sh: expected `terraform import ADDRESS ID` in:\n{script}"))?;
    let bare = |word: &str| word.trim().trim_matches(['\'', '"']).to_owned();
    Ok((bare(address), bare(id)))
}
