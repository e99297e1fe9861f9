//! Why a tool stopped, and the exit status that tells.

use std::error::Error;
use std::fmt;
use std::io;
use std::process::ExitCode;

/// Why a tool stopped before its end.
#[derive(Debug)]
pub(crate) enum Stop {
    /// The command line, the environment or the input is wrong. Nothing was done yet.
    Usage(String),
    /// Something went wrong on the way.
    Failed(String),
}

impl Stop {
    pub(crate) fn usage(error: impl fmt::Display) -> Self {
        Self::Usage(error.to_string())
    }

    pub(crate) fn exit_code(&self) -> ExitCode {
        match self {
            Self::Usage(_) => ExitCode::from(2),
            Self::Failed(_) => ExitCode::from(1),
        }
    }
}

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage(why) | Self::Failed(why) => f.write_str(why),
        }
    }
}

impl From<lexopt::Error> for Stop {
    fn from(error: lexopt::Error) -> Self {
        Self::Usage(format!("{error}; see --help"))
    }
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Failed(format!("cannot write the output: {error}"))
    }
}

impl From<csv::Error> for Stop {
    fn from(error: csv::Error) -> Self {
        io::Error::from(error).into()
    }
}

impl From<cloudinary_provisioning_ureq::Error> for Stop {
    fn from(error: cloudinary_provisioning_ureq::Error) -> Self {
        let hint = match error.status().map(|status| status.as_u16()) {
            Some(401) => "; are the account id, the API key and the secret right?",
            _ => "",
        };
        Self::Failed(format!("{}{hint}", chain(&error)))
    }
}

/// An error and all its causes, in one line.
pub(crate) fn chain(error: &dyn Error) -> String {
    let errors = std::iter::successors(Some(error), |&error| error.source());
    errors.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}
