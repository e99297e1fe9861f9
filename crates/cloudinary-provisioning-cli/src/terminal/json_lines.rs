//! Files to which JSON lines are appended, as a record of what was done.

use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use cloudinary_provisioning::time::OffsetDateTime;
use cloudinary_provisioning::time::format_description::well_known::Rfc3339;
use serde_json::Value;

use super::exit::Exit;
use super::file::check_private;

/// A file to which JSON lines are appended. Each is on disk before anything else is done.
pub(crate) struct JsonLines {
    file: File,
    path: PathBuf,
    /// How long the file is, if nobody else may write to it.
    length: Option<u64>,
}

impl JsonLines {
    /// Opens the file, or makes it, for its owner alone.
    pub(crate) fn open(path: &Path) -> Result<Self, Exit> {
        let mut options = OpenOptions::new();
        options.append(true).create(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        Self::open_with(path, &options)
    }

    /// Opens or makes a file for secrets, which nobody but its owner may read.
    pub(crate) fn open_private(path: &Path) -> Result<Self, Exit> {
        let lines = Self::open(path)?;
        let metadata = lines.file.metadata().map_err(|error| lines.failed(&error))?;
        check_private(&metadata, path).map_err(|why| Exit::Usage(format!("{}: {why}", path.display())))?;
        Ok(lines)
    }

    /// Makes a write fail once another process has written to the file. Of two processes that have read the same file, at
    /// least one fails with its first line, in whatever order they write.
    pub(crate) fn alone_after(self, before: &[u8]) -> Self {
        Self { length: u64::try_from(before.len()).ok(), ..self }
    }

    fn open_with(path: &Path, options: &OpenOptions) -> Result<Self, Exit> {
        let unusable = |error: &dyn fmt::Display| Exit::Usage(format!("{}: {error}", path.display()));
        // A pipe would block, and cannot keep anything.
        if std::fs::metadata(path).is_ok_and(|there| !there.is_file()) {
            return Err(unusable(&"not a regular file"));
        }
        let file = options.open(path).map_err(|error| unusable(&error))?;
        #[cfg(unix)]
        if let Some(directory) = path.canonicalize().ok().as_deref().and_then(Path::parent) {
            // So that the name is on disk too. Not every file system can do it.
            let _ = File::open(directory).and_then(|directory| directory.sync_all());
        }
        Ok(Self { file, path: path.to_owned(), length: None })
    }

    /// Appends an object, with the time.
    pub(crate) fn append(&mut self, mut object: Value) -> Result<(), Exit> {
        if let Some(fields) = object.as_object_mut() {
            let now = OffsetDateTime::from(SystemTime::now()).format(&Rfc3339);
            fields.insert("time".to_owned(), now.unwrap_or_default().into());
        }
        self.append_text(&format!("{object}\n"))
    }

    /// Ends a truncated line.
    pub(crate) fn end_line(&mut self) -> Result<(), Exit> {
        self.append_text("\n")
    }

    fn append_text(&mut self, text: &str) -> Result<(), Exit> {
        let written = self.file.write_all(text.as_bytes()).and_then(|()| self.file.sync_all());
        written.and_then(|()| self.check(text)).map_err(|error| self.failed(&error))
    }

    /// Whether what was written is kept, and nobody else has written.
    fn check(&mut self, text: &str) -> io::Result<()> {
        let metadata = self.file.metadata()?;
        #[cfg(unix)]
        if std::os::unix::fs::MetadataExt::nlink(&metadata) == 0 {
            return Err(io::Error::other("it was deleted meanwhile"));
        }
        if let Some(length) = &mut self.length {
            *length = length.saturating_add(u64::try_from(text.len()).unwrap_or(u64::MAX));
            if *length != metadata.len() {
                return Err(io::Error::other("another run writes to it"));
            }
        }
        Ok(())
    }

    fn failed(&self, error: &io::Error) -> Exit {
        Exit::Failed(format!("{}: {error}", self.path.display()))
    }
}
