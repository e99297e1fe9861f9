//! The command line.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use lexopt::prelude::*;

use crate::support::Stop;

pub(crate) const HELP: &str = "\
Brings the users of a Cloudinary account to the state that a file describes.

Usage: directory_sync [OPTIONS] [FILE]

FILE holds the wanted users; without one a sample is taken. It is a JSON array:

  [{\"email\": \"jo@example.com\", \"name\": \"Jo\", \"role\": \"billing\", \"enabled\": true,
    \"sub_account_ids\": [\"id-1\", \"id-2\"]}, ...]

or, if its name ends in .csv, CSV with columns of these names, as users_csv writes it. Users are
told apart by their email, in any case. `email` is required, and `name` for those who are to be
created. A field that is absent, null or an empty cell stays as it is; a new user gets the
service's default.

Options:
      --dry-run          show the plan and change nothing
      --disable-missing  disable the account's users who are not in FILE (never the root user)
      --concurrency N    work on up to N users at the same time [default: 1]
      --json             write plan, results and summary to stdout as JSON, one object a line
      --origin URL       where the service is [default: https://api.cloudinary.com]
  -h, --help             show this text

The account comes from the environment: CLOUDINARY_ACCOUNT_URL=account://KEY:SECRET@ACCOUNT_ID, or
CLOUDINARY_ACCOUNT_ID, CLOUDINARY_PROVISIONING_API_KEY and CLOUDINARY_PROVISIONING_API_SECRET.
If none of these is set, the run is against a made-up account in memory.

The plan and the summary go to stdout, everything else to stderr. It is safe to stop a run at any
point and to start it again.

Exit status: 0 if all is as wanted, 1 if something failed, 2 if the command line, the environment
or FILE is wrong (nothing is changed then).
";

#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Options {
    pub(crate) file: Option<PathBuf>,
    pub(crate) dry_run: bool,
    pub(crate) disable_missing: bool,
    pub(crate) concurrency: NonZeroUsize,
    pub(crate) json: bool,
    pub(crate) origin: Option<String>,
}

impl Options {
    /// Reads the command line; `None` where it asks for help.
    pub(crate) fn parse(mut parser: lexopt::Parser) -> Result<Option<Self>, Stop> {
        let mut options = Self {
            file: None,
            dry_run: false,
            disable_missing: false,
            concurrency: NonZeroUsize::MIN,
            json: false,
            origin: None,
        };
        while let Some(argument) = parser.next()? {
            match argument {
                Short('h') | Long("help") => return Ok(None),
                Long("dry-run") => options.dry_run = true,
                Long("disable-missing") => options.disable_missing = true,
                Long("concurrency") => options.concurrency = parser.value()?.parse()?,
                Long("json") => options.json = true,
                Long("origin") => options.origin = Some(parser.value()?.string()?),
                Value(file) if options.file.is_none() => options.file = Some(file.into()),
                other => return Err(other.unexpected().into()),
            }
        }
        Ok(Some(options))
    }
}
