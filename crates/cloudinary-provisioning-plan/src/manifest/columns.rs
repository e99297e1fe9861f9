//! The columns of a CSV: this crate's own, and those of other products.

use std::fmt;
use std::str::FromStr;

/// A product whose export of users can be read as it is.
///
/// This crate's own columns can be added to the export: `role`, `environments`, `groups`.
///
/// | product | email | name | enabled |
/// |---|---|---|---|
/// | Okta | `email`, else `login` | `displayName`, else `firstName` and `lastName` | `status`: not for `STAGED`, `SUSPENDED` and `DEPROVISIONED` |
/// | Entra | `mail`, else `userPrincipalName` | `displayName`, else `givenName` and `surname` | `accountEnabled` |
/// | Google | `Email Address [Required]` | `First Name [Required]` and `Last Name [Required]` | `Status [READ ONLY]`: not for `Suspended` and `Archived` |
///
/// ```
/// use cloudinary_provisioning_plan::Manifest;
/// use cloudinary_provisioning_plan::manifest::{CsvOptions, Preset};
///
/// let csv = "First Name [Required],Last Name [Required],Email Address [Required],Status [READ ONLY]\n\
///            Ada,Lovelace,ada@example.com,Suspended\n";
/// let manifest = Manifest::from_csv(csv, &CsvOptions::new().preset(Preset::Google))?;
/// assert_eq!(manifest.users[0].name.as_deref(), Some("Ada Lovelace"));
/// assert_eq!(manifest.users[0].enabled, Some(false));
/// # Ok::<(), cloudinary_provisioning_plan::manifest::ManifestError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Preset {
    /// Okta, `okta`.
    Okta,
    /// Microsoft Entra ID, `entra`.
    Entra,
    /// Google Workspace, `google`.
    Google,
}

impl Preset {
    /// Every preset.
    pub const ALL: &'static [Self] = &[Self::Okta, Self::Entra, Self::Google];

    /// Returns its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Okta => "okta",
            Self::Entra => "entra",
            Self::Google => "google",
        }
    }

    /// The columns that are read, and those that the product writes and this crate does not read.
    fn columns(self) -> (&'static [(&'static str, Column)], &'static [&'static str]) {
        match self {
            Self::Okta => (&OKTA, &OKTA_OTHERS),
            Self::Entra => (&ENTRA, &ENTRA_OTHERS),
            Self::Google => (&GOOGLE, &GOOGLE_OTHERS),
        }
    }

    /// What the product's status of a user means.
    pub(super) fn status(self, cell: &str) -> Status {
        let is = |words: &[&str]| words.iter().any(|word| word.eq_ignore_ascii_case(cell));
        let (enabled, disabled): (&[_], &[_]) = match self {
            Self::Okta => (
                &["ACTIVE", "PROVISIONED", "RECOVERY", "PASSWORD_EXPIRED", "LOCKED_OUT"],
                &["STAGED", "SUSPENDED", "DEPROVISIONED"],
            ),
            Self::Entra => return Status::of_boolean(cell),
            Self::Google => (&["Active"], &["Suspended", "Archived"]),
        };
        if is(enabled) {
            Status::Enabled
        } else if is(disabled) {
            Status::Disabled
        } else {
            Status::Unknown
        }
    }
}

impl fmt::Display for Preset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Preset {
    type Err = UnknownPreset;

    fn from_str(text: &str) -> Result<Self, UnknownPreset> {
        Self::ALL.iter().find(|preset| preset.as_str() == text).copied().ok_or(UnknownPreset(()))
    }
}

/// A text that names no [`Preset`].
///
/// ```
/// use cloudinary_provisioning_plan::manifest::Preset;
///
/// assert!("ldap".parse::<Preset>().is_err());
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected okta, entra or google")]
pub struct UnknownPreset(());

/// Whether a user is enabled, as a cell says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Status {
    Enabled,
    Disabled,
    Unknown,
}

impl Status {
    pub(super) fn of_boolean(cell: &str) -> Self {
        if cell.eq_ignore_ascii_case("true") {
            Self::Enabled
        } else if cell.eq_ignore_ascii_case("false") {
            Self::Disabled
        } else {
            Self::Unknown
        }
    }
}

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Column {
    Email,
    /// The name that a user logs in with, which is an email where there is no other.
    Login,
    Name,
    FirstName,
    LastName,
    Role,
    Enabled,
    /// Whether the user is enabled, in a product's own words.
    Status,
    Environments,
    SubAccountIds,
    Groups,
    /// Known, and not read.
    Information,
}

impl Column {
    /// The column of this name: a preset's, or this crate's own.
    pub(super) fn find(name: &str, preset: Option<Preset>) -> Option<Self> {
        let (columns, others) = preset.map_or((&[][..], &[][..]), Preset::columns);
        let name = folded(name, preset.is_some());
        let is = |known: &str| folded(known, true) == name;
        let of = |columns: &[(&str, Self)]| columns.iter().find(|(known, _)| is(known)).map(|(_, column)| *column);
        // A group in another product is not one of the account: only a column that is nobody else's is read as our own.
        of(columns).or_else(|| others.iter().any(|known| is(known)).then_some(Self::Information)).or_else(|| of(&OWN))
    }

    /// The names that are read.
    pub(super) fn names(preset: Option<Preset>) -> impl Iterator<Item = &'static str> {
        let columns = preset.map_or(&[][..], |preset| preset.columns().0);
        columns.iter().chain(&OWN).filter(|(_, column)| column.is_read()).map(|(name, _)| *name)
    }

    pub(super) fn is_read(self) -> bool {
        self != Self::Information
    }

    /// Whether it says which user a row is about.
    pub(super) fn identifies(self) -> bool {
        matches!(self, Self::Email | Self::Login)
    }
}

/// What names of columns are compared by: letters and digits alone; without what a product says in brackets.
fn folded(name: &str, without_brackets: bool) -> String {
    let name = name.split('[').next().filter(|_| without_brackets).unwrap_or(name);
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

const OWN: [(&str, Column); 13] = [
    ("email", Column::Email),
    ("name", Column::Name),
    ("role", Column::Role),
    ("enabled", Column::Enabled),
    ("environments", Column::Environments),
    ("sub_account_ids", Column::SubAccountIds),
    ("groups", Column::Groups),
    ("id", Column::Information),
    ("pending", Column::Information),
    ("sub_accounts", Column::Information),
    ("created_at", Column::Information),
    ("last_login", Column::Information),
    ("updated_at", Column::Information),
];

const OKTA: [(&str, Column); 6] = [
    ("email", Column::Email),
    ("login", Column::Login),
    ("displayName", Column::Name),
    ("firstName", Column::FirstName),
    ("lastName", Column::LastName),
    ("status", Column::Status),
];

const OKTA_OTHERS: [&str; 34] = [
    "id",
    "userId",
    "created",
    "activated",
    "statusChanged",
    "lastLogin",
    "lastUpdated",
    "passwordChanged",
    "middleName",
    "honorificPrefix",
    "honorificSuffix",
    "title",
    "nickName",
    "profileUrl",
    "secondEmail",
    "mobilePhone",
    "primaryPhone",
    "streetAddress",
    "city",
    "state",
    "zipCode",
    "countryCode",
    "postalAddress",
    "preferredLanguage",
    "locale",
    "timezone",
    "userType",
    "employeeNumber",
    "costCenter",
    "organization",
    "division",
    "department",
    "managerId",
    "manager",
];

const ENTRA: [(&str, Column); 6] = [
    ("mail", Column::Email),
    ("userPrincipalName", Column::Login),
    ("displayName", Column::Name),
    ("givenName", Column::FirstName),
    ("surname", Column::LastName),
    ("accountEnabled", Column::Status),
];

const ENTRA_OTHERS: [&str; 24] = [
    "id",
    "objectId",
    "userType",
    "jobTitle",
    "department",
    "usageLocation",
    "streetAddress",
    "state",
    "country",
    "officeLocation",
    "city",
    "postalCode",
    "telephoneNumber",
    "mobilePhone",
    "alternateEmailAddress",
    "ageGroup",
    "consentProvidedForMinor",
    "legalAgeGroupClassification",
    "companyName",
    "creationType",
    "directorySynced",
    "invitationState",
    "identityIssuer",
    "createdDateTime",
];

const GOOGLE: [(&str, Column); 4] = [
    ("Email Address [Required]", Column::Email),
    ("First Name [Required]", Column::FirstName),
    ("Last Name [Required]", Column::LastName),
    ("Status [READ ONLY]", Column::Status),
];

const GOOGLE_OTHERS: [&str; 33] = [
    "Password [Required]",
    "Password Hash Function [UPLOAD ONLY]",
    "Org Unit Path [Required]",
    "New Primary Email [UPLOAD ONLY]",
    "Last Sign In [READ ONLY]",
    "Recovery Email",
    "Home Secondary Email",
    "Work Secondary Email",
    "Recovery Phone [MUST BE IN THE E.164 FORMAT]",
    "Work Phone",
    "Home Phone",
    "Mobile Phone",
    "Work Address",
    "Home Address",
    "Employee ID",
    "Employee Type",
    "Employee Title",
    "Manager Email",
    "Department",
    "Cost Center",
    "2sv Enrolled [READ ONLY]",
    "2sv Enforced [READ ONLY]",
    "Building ID",
    "Floor Name",
    "Floor Section",
    "Email Usage [READ ONLY]",
    "Drive Usage [READ ONLY]",
    "Photos Usage [READ ONLY]",
    "Storage Used [READ ONLY]",
    "Storage limit [READ ONLY]",
    "Change Password at Next Sign-In",
    "New Status [UPLOAD ONLY]",
    "Licenses [READ ONLY]",
];
