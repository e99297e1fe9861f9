//! Profiles: accounts by name, in a file of the user's configuration.

use std::fmt;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use cloudinary_provisioning::AccountError;
use toml_edit::{DocumentMut, Item, TableLike, value};

use crate::terminal::exit::Exit;
use crate::terminal::file::{OutputFile, check_private};
use crate::terminal::shell::shell;

/// The variable that names a profile.
pub(crate) const VARIABLE: &str = "CLDP_PROFILE";

const KEYS: [&str; 6] = ["account_id", "region", "origin", "key", "secret", "credential_command"];

/// How many bytes of a command's output are read.
const MOST_PRINTED: u64 = 65_536;

/// The file of profiles.
pub(crate) struct Profiles {
    path: PathBuf,
    document: DocumentMut,
}

/// An account by name. It has no `Debug`, since it holds a secret.
pub(crate) struct Profile {
    pub(crate) name: String,
    path: PathBuf,
    values: [Option<String>; KEYS.len()],
}

impl Profiles {
    /// Opens the file, if there is one. It has to be its owner's alone.
    pub(crate) fn open() -> Result<Option<Self>, Exit> {
        let Some(path) = path() else { return Ok(None) };
        let failed = |why: &dyn fmt::Display| Exit::Usage(format!("{}: {why}", path.display()));
        let metadata = match std::fs::metadata(&path) {
            Ok(metadata) => metadata,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(failed(&error)),
        };
        // A pipe would block.
        if !metadata.is_file() {
            return Err(failed(&"not a regular file"));
        }
        check_private(&metadata, &path).map_err(|why| failed(&why))?;
        let text = std::fs::read_to_string(&path).map_err(|error| failed(&error))?;
        // The error's own text shows the line, which may hold a secret.
        let document = text.parse::<DocumentMut>().map_err(|error| {
            let line = error.span().map(|span| text.get(..span.start).unwrap_or_default().matches('\n').count() + 1);
            failed(&format!("line {}: {}", line.unwrap_or(1), error.message()))
        })?;
        let profiles = Self { path, document };
        profiles.check()?;
        Ok(Some(profiles))
    }

    /// The profiles, in the order of the file.
    pub(crate) fn iter(&self) -> impl Iterator<Item = Profile> {
        self.tables().map(|(name, table)| Profile {
            name: name.to_owned(),
            path: self.path.clone(),
            values: KEYS.map(|key| table.get(key).and_then(Item::as_str).map(str::to_owned)),
        })
    }

    /// The name of the profile that is taken where nothing else says which.
    pub(crate) fn default(&self) -> Option<&str> {
        self.document.get("default").and_then(Item::as_str)
    }

    /// Finds a profile, which `by` names.
    pub(crate) fn get(&self, name: &str, by: &str) -> Result<Profile, Exit> {
        self.iter().find(|profile| profile.name == name).ok_or_else(|| {
            let names: Vec<_> = self.tables().map(|(name, _)| name).collect();
            let known =
                if names.is_empty() { "there is none".to_owned() } else { format!("there are {}", names.join(", ")) };
            self.wrong(&format!("there is no profile {name:?} (named by {by}); {known}"))
        })
    }

    /// Takes a profile where nothing else says which, from here on. Comments and the file's mode stay.
    pub(crate) fn set_default(&mut self, name: &str) -> Result<(), Exit> {
        self.get(name, "`profile use`")?;
        match self.document.get_mut("default").and_then(Item::as_value_mut) {
            Some(there) => {
                let decor = there.decor().clone();
                *there = name.into();
                *there.decor_mut() = decor;
            }
            None => drop(self.document.insert("default", value(name))),
        }
        let failed = |error: io::Error| Exit::Failed(format!("{}: {error}", self.path.display()));
        // The mode was checked when the file was opened.
        let mut file = OutputFile::create(&self.path, false).map_err(failed)?;
        io::Write::write_all(&mut file, self.document.to_string().as_bytes()).map_err(failed)?;
        file.finish().map_err(failed)
    }

    fn tables(&self) -> impl Iterator<Item = (&str, &dyn TableLike)> {
        let tables = self.document.get("profiles").and_then(Item::as_table_like);
        tables.into_iter().flat_map(TableLike::iter).filter_map(|(name, item)| Some((name, item.as_table_like()?)))
    }

    /// Refuses what nothing is known of.
    fn check(&self) -> Result<(), Exit> {
        for (key, item) in self.document.iter() {
            match key {
                "default" if item.is_str() => {}
                "default" => return Err(self.wrong("`default` is not a text")),
                "profiles" if item.is_table_like() => {}
                "profiles" => return Err(self.wrong("`profiles` is not a table")),
                _ => return Err(self.wrong(&format!("unknown key `{key}`; there are `default` and `profiles.NAME`"))),
            }
        }
        let profiles = self.document.get("profiles").and_then(Item::as_table_like);
        for (name, item) in profiles.into_iter().flat_map(TableLike::iter) {
            let Some(table) = item.as_table_like() else {
                return Err(self.wrong(&format!("profiles.{name} is not a table")));
            };
            for (key, item) in table.iter() {
                if !KEYS.contains(&key) {
                    let known = KEYS.join(", ");
                    return Err(self.wrong(&format!("profiles.{name}: unknown key `{key}`; there are {known}")));
                }
                if !item.is_str() {
                    return Err(self.wrong(&format!("profiles.{name}: `{key}` is not a text")));
                }
            }
        }
        Ok(())
    }

    fn wrong(&self, why: &str) -> Exit {
        Exit::Usage(format!("{}: {why}", self.path.display()))
    }
}

impl Profile {
    /// What the profile says in place of the variables of the environment. A command for credentials is run here.
    pub(crate) fn variables(&self) -> Result<Vec<(&'static str, String)>, Exit> {
        let [account_id, region, origin, key, secret, command] = &self.values;
        let mut variables = vec![("CLOUDINARY_REGION", region.clone()), ("CLOUDINARY_ORIGIN", origin.clone())];
        match command {
            Some(_) if key.is_some() || secret.is_some() => {
                return Err(self.wrong("`credential_command` stands for `key` and `secret`: leave these out"));
            }
            Some(command) => variables.push(("CLOUDINARY_ACCOUNT_URL", Some(self.url_of(command)?))),
            None => {
                for (name, variable, value) in [
                    ("account_id", "CLOUDINARY_ACCOUNT_ID", account_id),
                    ("key", "CLOUDINARY_PROVISIONING_API_KEY", key),
                    ("secret", "CLOUDINARY_PROVISIONING_API_SECRET", secret),
                ] {
                    if value.as_ref().is_none_or(String::is_empty) {
                        let why = format!(
                            "`{name}` is missing; a profile has `account_id`, `key` and `secret`, or a `credential_command`"
                        );
                        return Err(self.wrong(&why));
                    }
                    variables.push((variable, value.clone()));
                }
            }
        }
        Ok(variables.into_iter().filter_map(|(name, value)| Some((name, value?))).collect())
    }

    /// Refuses the account of a command that is not the profile's.
    pub(crate) fn check_account(&self, id: &str) -> Result<(), Exit> {
        match &self.values[0] {
            Some(own) if own != id => {
                Err(self.wrong(&format!("`account_id` is {own}, and its command's credentials are for {id}")))
            }
            _ => Ok(()),
        }
    }

    /// The value of a key that holds no secret.
    pub(crate) fn public(&self, key: &str) -> Option<&str> {
        let at = KEYS.iter().position(|known| *known == key && !["secret", "credential_command"].contains(known))?;
        self.values.get(at)?.as_deref()
    }

    pub(crate) fn wrong(&self, why: &str) -> Exit {
        Exit::Usage(format!("{self}: {why}"))
    }

    /// Puts the profile's keys in place of the variables that an error is about.
    pub(crate) fn unusable(&self, error: &AccountError) -> Exit {
        let names = [
            ("CLOUDINARY_PROVISIONING_API_SECRET", "`secret`"),
            ("CLOUDINARY_PROVISIONING_API_KEY", "`key`"),
            ("CLOUDINARY_ACCOUNT_URL", "what `credential_command` prints"),
            ("CLOUDINARY_ACCOUNT_ID", "`account_id`"),
            ("CLOUDINARY_REGION", "`region`"),
            ("CLOUDINARY_ORIGIN", "`origin`"),
        ];
        let why = names.iter().fold(error.to_string(), |text, (variable, key)| text.replace(variable, key));
        self.wrong(&why)
    }

    /// The account URL that a command prints.
    fn url_of(&self, command: &str) -> Result<String, Exit> {
        let failed = |error: io::Error| self.wrong(&format!("`credential_command`: {error}"));
        let mut child = shell(command).stdin(Stdio::null()).stdout(Stdio::piped()).spawn().map_err(failed)?;
        let mut printed = Vec::new();
        // The pipe closes here, so that a command with more to say ends.
        let read = child.stdout.take().map_or(Ok(0), |stdout| stdout.take(MOST_PRINTED).read_to_end(&mut printed));
        let status = child.wait().map_err(failed)?;
        if read.map_err(failed)? >= usize::try_from(MOST_PRINTED).unwrap_or(usize::MAX) {
            return Err(self.wrong("`credential_command` printed far more than an account URL"));
        }
        if !status.success() {
            return Err(self.wrong(&format!("`credential_command` failed: {status}")));
        }
        let printed = String::from_utf8(printed).map_err(|_| self.wrong("`credential_command` printed no text"))?;
        let url = printed.trim();
        Ok(url.strip_prefix("CLOUDINARY_ACCOUNT_URL=").unwrap_or(url).to_owned())
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "profile {} of {}", self.name, self.path.display())
    }
}

/// Where the file is, by the conventions of the platform.
fn path() -> Option<PathBuf> {
    let of = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let folder = if cfg!(windows) {
        of("APPDATA")
    } else if cfg!(target_os = "macos") {
        of("HOME").map(|home| home.join("Library/Application Support"))
    } else {
        of("XDG_CONFIG_HOME").filter(|path| path.is_absolute()).or_else(|| of("HOME").map(|home| home.join(".config")))
    };
    folder.map(|folder| folder.join(Path::new("cldp/profiles.toml")))
}
