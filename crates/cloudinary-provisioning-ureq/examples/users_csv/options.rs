//! The command line.

use std::path::PathBuf;

use lexopt::prelude::*;

use crate::support::Stop;

pub(crate) const HELP: &str = "\
Writes all users of a Cloudinary account as CSV, with their groups and product environments.

Usage: users_csv [OPTIONS]

Options:
  -o, --output FILE  write to FILE in place of stdout; FILE appears when it is complete
      --origin URL   where the service is [default: https://api.cloudinary.com]
  -h, --help         show this text

Columns:
  email            the email address
  name             the name
  role             the role, as the API writes it: media_library_admin
  enabled          true or false
  sub_account_ids  the ids of the user's product environments, with | between them; none for none
                   at all; empty for a user with access to all
  id               the user's id
  pending          whether the invitation has yet to be accepted: true or false
  groups           the names of the user's groups, with | between them
  sub_accounts     the names of the user's product environments, with | between them
  created_at       when the user was created: 2026-01-31T08:00:00Z
  last_login       when the user last logged in, if ever

directory_sync takes the file as its wanted state: it goes by the first five columns, and the
others are for information. A cell is empty where the service does not tell, or could not be
asked.

The account comes from the environment: CLOUDINARY_ACCOUNT_URL=account://KEY:SECRET@ACCOUNT_ID, or
CLOUDINARY_ACCOUNT_ID, CLOUDINARY_PROVISIONING_API_KEY and CLOUDINARY_PROVISIONING_API_SECRET.
If none of these is set, a made-up account in memory is exported.

Exit status: 0 if all is there, 1 if something could not be read, 2 if the command line or the
environment is wrong.
";

#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Options {
    pub(crate) output: Option<PathBuf>,
    pub(crate) origin: Option<String>,
}

impl Options {
    /// Reads the command line; `None` where it asks for help.
    pub(crate) fn parse(mut parser: lexopt::Parser) -> Result<Option<Self>, Stop> {
        let mut options = Self::default();
        while let Some(argument) = parser.next()? {
            match argument {
                Short('h') | Long("help") => return Ok(None),
                Short('o') | Long("output") => options.output = Some(parser.value()?.into()),
                Long("origin") => options.origin = Some(parser.value()?.string()?),
                other => return Err(other.unexpected().into()),
            }
        }
        Ok(Some(options))
    }
}
