//! An archive that says nothing of when, where and by whom it was made.

use std::fs;
use std::io::{Seek, Write};
use std::path::Path;

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

/// A file in it.
#[derive(Debug)]
pub(super) struct File {
    pub(super) name: String,
    pub(super) content: Vec<u8>,
    /// Whether it may be run. Terraform unpacks it with this permission.
    pub(super) is_program: bool,
}

/// Writes an archive.
pub(super) fn write(path: &Path, files: &[File]) -> zip::result::ZipResult<()> {
    let mut archive = ZipWriter::new(fs::File::create(path)?);
    for file in files {
        add(&mut archive, file)?;
    }
    archive.finish()?;
    Ok(())
}

/// The earliest time that the format knows stands for none.
fn add<W: Write + Seek>(archive: &mut ZipWriter<W>, file: &File) -> zip::result::ZipResult<()> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default())
        .unix_permissions(if file.is_program { 0o755 } else { 0o644 });
    archive.start_file(file.name.as_str(), options)?;
    archive.write_all(&file.content)?;
    Ok(())
}
