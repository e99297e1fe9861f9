//! Files that are written as a whole or not at all.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::{Builder, NamedTempFile};

/// A file that gets its name when it is complete, so that a part cannot be taken for the whole. It keeps the mode of the
/// file that it replaces; a link is followed, and a device or a pipe is written to.
pub(crate) enum OutputFile {
    New { file: NamedTempFile, path: PathBuf },
    Device(File),
}

impl OutputFile {
    pub(crate) fn create(path: &Path) -> io::Result<Self> {
        match fs::metadata(path) {
            Ok(there) if there.is_file() => {
                let path = fs::canonicalize(path)?;
                let file = temporary(&path)?;
                file.as_file().set_permissions(there.permissions())?;
                Ok(Self::New { file, path })
            }
            Ok(there) if there.is_dir() => Err(io::ErrorKind::IsADirectory.into()),
            Ok(_) => Ok(Self::Device(File::options().write(true).open(path)?)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let path = target(path);
                Ok(Self::New { file: temporary(&path)?, path })
            }
            Err(error) => Err(error),
        }
    }

    /// Gives the file its name.
    pub(crate) fn finish(mut self) -> io::Result<()> {
        self.flush()?;
        match self {
            Self::New { file, path } => {
                file.as_file().sync_all()?;
                file.persist(path).map(drop).map_err(|error| error.error)
            }
            Self::Device(_) => Ok(()),
        }
    }
}

impl Write for OutputFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::New { file, .. } => file.write(bytes),
            Self::Device(file) => file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::New { file, .. } => file.flush(),
            Self::Device(file) => file.flush(),
        }
    }
}

/// Where a link that leads to nothing leads to, or the path itself.
fn target(path: &Path) -> PathBuf {
    let Ok(to) = fs::read_link(path) else { return path.to_owned() };
    path.parent().map_or_else(|| to.clone(), |directory| directory.join(&to))
}

fn temporary(path: &Path) -> io::Result<NamedTempFile> {
    let directory = path.parent().filter(|directory| !directory.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut builder = Builder::new();
    #[cfg(unix)]
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o666);
    // As any new file: the umask takes away from it.
    #[cfg(unix)]
    builder.permissions(mode);
    builder.prefix(".cldp-").tempfile_in(directory)
}
