//! Files that are written as a whole or not at all.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, SyncSender};
use std::thread;
use std::time::Duration;

use tempfile::{Builder, NamedTempFile};

use super::ctrl_c;
use super::exit::Exit;
use super::stream::Stream;

/// A file that appears under its name only once it is complete, so that nobody mistakes a part for the whole. Links are
/// followed. A device or a pipe is written to as it is.
pub(crate) enum OutputFile {
    New { file: NamedTempFile, path: PathBuf },
    Device(Device),
}

impl OutputFile {
    /// Creates a file, which keeps the mode of the one that it replaces. A file with secrets is its owner's alone, and
    /// has been from the beginning.
    pub(crate) fn create(path: &Path, has_secrets: bool) -> io::Result<Self> {
        let (path, permissions) = match fs::metadata(path) {
            Ok(there) if there.is_file() => (fs::canonicalize(path)?, Some(there.permissions())),
            Ok(there) if there.is_dir() => return Err(io::ErrorKind::IsADirectory.into()),
            Ok(_) => return Device::open(path.to_owned()).map(Self::Device),
            Err(error) if error.kind() == io::ErrorKind::NotFound => (target(path), None),
            Err(error) => return Err(error),
        };
        let file = temporary(&path, has_secrets || permissions.is_some())?;
        if let Some(permissions) = permissions.filter(|_| !has_secrets) {
            file.as_file().set_permissions(permissions)?;
        }
        Ok(Self::New { file, path })
    }

    /// Whether what was written is out already.
    pub(crate) fn is_device(&self) -> bool {
        matches!(self, Self::Device(_))
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
            Self::Device(device) => device.write(bytes).map(|()| bytes.len()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::New { file, .. } => file.flush(),
            Self::Device(_) => Ok(()),
        }
    }
}

/// A device or a pipe. A pipe blocks until somebody reads it, so a thread writes to it, and Ctrl-C ends the wait.
pub(crate) struct Device {
    bytes: SyncSender<Vec<u8>>,
    /// What came of opening it, then of each write.
    results: Receiver<io::Result<()>>,
}

impl Device {
    fn open(path: PathBuf) -> io::Result<Self> {
        let (bytes, received) = mpsc::sync_channel::<Vec<u8>>(1);
        let (sender, results) = mpsc::channel();
        let work = move || {
            let mut file = match File::options().write(true).open(path) {
                Ok(file) => Stream::new(file),
                Err(error) => return drop(sender.send(Err(error))),
            };
            let _ = sender.send(Ok(()));
            for bytes in received {
                let _ = sender.send(file.write_all(&bytes));
            }
        };
        thread::Builder::new().spawn(work)?;
        let device = Self { bytes, results };
        device.wait()?;
        Ok(device)
    }

    fn write(&self, bytes: &[u8]) -> io::Result<()> {
        // There is room, unless an earlier write was interrupted.
        self.bytes.try_send(bytes.to_vec()).map_err(io::Error::other)?;
        self.wait()
    }

    fn wait(&self) -> io::Result<()> {
        loop {
            match self.results.recv_timeout(Duration::from_millis(50)) {
                Ok(result) => return result,
                Err(RecvTimeoutError::Timeout) if ctrl_c::interrupted() => return Err(io::Error::other("interrupted")),
                Err(RecvTimeoutError::Timeout) => {}
                Err(error @ RecvTimeoutError::Disconnected) => return Err(io::Error::other(error)),
            }
        }
    }
}

/// From here on, a write beyond the limit of file sizes fails, instead of ending the process with what it had to tell.
pub(crate) fn survive_size_limit() {
    #[cfg(unix)]
    let _ = signal_hook::flag::register(signal_hook::consts::SIGXFSZ, std::sync::Arc::default());
}

/// Refuses an output that is an input or another output as well: what is in the file would be lost, or mixed up.
pub(crate) fn check_distinct<'p>(
    outputs: impl IntoIterator<Item = Option<&'p Path>>,
    inputs: impl IntoIterator<Item = Option<&'p Path>>,
) -> Result<(), Exit> {
    let mut taken: Vec<_> = inputs.into_iter().flatten().map(identity).collect();
    for path in outputs.into_iter().flatten() {
        let identity = identity(path);
        if taken.contains(&identity) {
            return Err(Exit::Usage(format!("{} is given twice, and would be written over", path.display())));
        }
        taken.push(identity);
    }
    Ok(())
}

/// The file that a path names, or would name if it were there.
fn identity(path: &Path) -> PathBuf {
    let path = target(path);
    fs::canonicalize(&path)
        .ok()
        .or_else(|| {
            let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
            Some(fs::canonicalize(parent).ok()?.join(path.file_name()?))
        })
        .unwrap_or(path)
}

/// Refuses a file for secrets that others than its owner may read.
#[cfg_attr(not(unix), expect(unused_variables, reason = "only Unix has modes"))]
pub(crate) fn check_private(metadata: &fs::Metadata, path: &Path) -> Result<(), String> {
    #[cfg(unix)]
    if std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o077 != 0 {
        return Err(format!("others may read it, and it is for secrets: chmod 600 {}", path.display()));
    }
    Ok(())
}

/// Follows links up to what does not exist, as far as the system does.
fn target(path: &Path) -> PathBuf {
    let mut path = path.to_owned();
    for _ in 0..40 {
        let Ok(to) = fs::read_link(&path) else { break };
        path = path.parent().map_or_else(|| to.clone(), |directory| directory.join(&to));
    }
    path
}

/// Creates a file beside `path`: its owner's alone, or with the mode of any new file.
fn temporary(path: &Path, private: bool) -> io::Result<NamedTempFile> {
    let directory = path.parent().filter(|directory| !directory.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut builder = Builder::new();
    #[cfg(unix)]
    let mode = std::os::unix::fs::PermissionsExt::from_mode(if private { 0o600 } else { 0o666 });
    // The umask takes away from it.
    #[cfg(unix)]
    builder.permissions(mode);
    // Elsewhere a file has no mode.
    #[cfg(not(unix))]
    let _ = private;
    builder.prefix(".cldp-").tempfile_in(directory)
}
