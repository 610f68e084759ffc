//! The document store on disk: one JSON file, replaced whole, so that a killed process leaves the old or the new one.

use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use crate::Error;
use crate::store::Store;

/// The file that holds the store.
#[derive(Debug)]
pub(crate) struct Snapshot {
    directory: PathBuf,
}

impl Snapshot {
    /// Uses this directory and makes it where it is missing.
    ///
    /// # Errors
    /// When the directory cannot be made.
    pub(crate) fn open(directory: &Path) -> Result<Self, Error> {
        fs::create_dir_all(directory)
            .map_err(|error| Error::new(format!("make {}", directory.display()), error))?;
        Ok(Self { directory: directory.to_owned() })
    }

    /// Reads the store of an earlier run; none where there was no earlier run.
    ///
    /// # Errors
    /// When the file is there and cannot be read.
    pub(crate) fn load(&self) -> Result<Option<Store>, Error> {
        let path = self.path();
        let failed = |error: std::io::Error| Error::new(format!("read {}", path.display()), error);
        match fs::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes).map(Some).map_err(|error| failed(error.into())),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(failed(error)),
        }
    }

    /// Writes the store: a new file is synced, then takes the old one's name.
    ///
    /// # Errors
    /// When the file cannot be written; the old one is whole then.
    pub(crate) fn save(&self, store: &Store) -> Result<(), Error> {
        let write = || -> std::io::Result<()> {
            let fresh = self.directory.join("documents.json.new");
            let mut file = File::create(&fresh)?;
            file.write_all(&serde_json::to_vec(store)?)?;
            file.sync_all()?;
            fs::rename(&fresh, self.path())?;
            // The rename itself lasts only when the directory is synced, too.
            File::open(&self.directory)?.sync_all()
        };
        write().map_err(|error| Error::new(format!("write {}", self.path().display()), error))
    }

    fn path(&self) -> PathBuf {
        self.directory.join("documents.json")
    }
}
