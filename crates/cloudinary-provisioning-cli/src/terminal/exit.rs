//! Why a command ended early, and its exit status.

use std::fmt;
use std::io;
use std::process::ExitCode;

use cloudinary_provisioning::{BuildError, ErrorKind};

/// Why a command ended early.
#[derive(Clone, Debug)]
pub(crate) enum Exit {
    /// The command line, the environment or the input is wrong. Nothing was sent.
    Usage(String),
    /// The service refused, or something failed on the way.
    Failed(String),
    /// A guard refused, or what was reviewed is out of date. Nothing was changed.
    Refused(String),
    /// The reader closed the output, so nothing is left to report.
    Closed,
}

impl Exit {
    pub(crate) fn usage(error: impl fmt::Display) -> Self {
        Self::Usage(error.to_string())
    }

    pub(crate) fn failed(error: impl fmt::Display) -> Self {
        Self::Failed(error.to_string())
    }

    pub(crate) fn exit_code(&self) -> ExitCode {
        match self {
            Self::Usage(_) => ExitCode::from(2),
            Self::Failed(_) => ExitCode::from(1),
            Self::Refused(_) => ExitCode::from(4),
            Self::Closed => ExitCode::SUCCESS,
        }
    }
}

impl fmt::Display for Exit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage(why) | Self::Failed(why) | Self::Refused(why) => f.write_str(why),
            Self::Closed => f.write_str("the output was closed"),
        }
    }
}

impl From<io::Error> for Exit {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            Self::Closed
        } else {
            Self::Failed(format!("cannot write the output: {error}"))
        }
    }
}

impl From<csv::Error> for Exit {
    fn from(error: csv::Error) -> Self {
        io::Error::from(error).into()
    }
}

impl From<BuildError> for Exit {
    fn from(error: BuildError) -> Self {
        Self::usage(error)
    }
}

impl From<cloudinary_provisioning::Error> for Exit {
    fn from(error: cloudinary_provisioning::Error) -> Self {
        let text = describe(&error);
        match error.kind() {
            ErrorKind::Account(_) | ErrorKind::Config(_) | ErrorKind::Build(_) => Self::Usage(text),
            _ => Self::Failed(text),
        }
    }
}

/// Describes an error and its causes in one line.
pub(crate) fn describe(error: &cloudinary_provisioning::Error) -> String {
    let hint = if error.is_unauthorized() {
        "; are the account id, the API key, the secret and the region right?"
    } else {
        ""
    };
    format!("{error:#}{hint}")
}
