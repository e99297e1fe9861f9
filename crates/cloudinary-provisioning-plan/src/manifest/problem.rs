//! [`ManifestError`]: everything that is wrong with a manifest.

use std::fmt;

use super::position::Position;

/// Everything that is wrong with a manifest, in the order of the file.
///
/// Display writes a line for each problem.
///
/// ```
/// use cloudinary_provisioning_plan::Manifest;
///
/// let error = Manifest::from_toml("[[groups]]\nnam = \"Editors\"\n").unwrap_err();
/// let messages: Vec<_> = error.problems().iter().map(ToString::to_string).collect();
/// assert_eq!(
///     messages,
///     [
///         "line 1, column 1: groups[0]: `name` is missing",
///         "line 2, column 1: groups[0].nam: unknown key; expected name, was, members, state",
///     ],
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManifestError {
    /// Never empty.
    problems: Vec<Problem>,
}

impl ManifestError {
    /// The error that these problems make; `None` where there are none.
    pub(super) fn of(mut problems: Vec<Problem>) -> Option<Self> {
        problems.sort_by_key(|problem| problem.position);
        (!problems.is_empty()).then_some(Self { problems })
    }

    /// Returns the problems, of which there is at least one.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }
}

impl From<Problem> for ManifestError {
    fn from(problem: Problem) -> Self {
        Self { problems: vec![problem] }
    }
}

impl fmt::Display for ManifestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.problems.iter().enumerate().try_for_each(|(number, problem)| {
            let separator = if number == 0 { "" } else { "\n" };
            write!(f, "{separator}{problem}")
        })
    }
}

impl std::error::Error for ManifestError {}

/// One thing that is wrong with a manifest.
///
/// ```
/// use cloudinary_provisioning_plan::Manifest;
/// use cloudinary_provisioning_plan::manifest::Position;
///
/// let json = r#"{"users": [{"email": "ada@example.com", "role": "adminn"}]}"#;
/// let error = Manifest::from_json(json).unwrap_err();
/// let problem = &error.problems()[0];
/// assert_eq!(problem.position, Some(Position::new(1, 49)));
/// assert_eq!(problem.path, "users[0].role");
/// assert_eq!(problem.allowed[0], "admin");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Problem {
    /// Where it stands; `None` in a manifest that a program made.
    pub position: Option<Position>,
    /// The keys that lead to it, such as `users[2].role`; empty for the whole file. Objects count from 0, in the order of
    /// the file.
    pub path: String,
    /// What is wrong.
    pub message: String,
    /// What could stand there instead, the most similar first; empty if that is not a list.
    pub allowed: Vec<String>,
}

impl Problem {
    pub(super) fn new(position: Option<Position>, path: impl Into<String>, message: impl Into<String>) -> Self {
        Self { position, path: path.into(), message: message.into(), allowed: Vec::new() }
    }

    /// Adds what is allowed, the most similar to what was found first.
    pub(super) fn expected<'a>(mut self, allowed: impl IntoIterator<Item = &'a str>, found: &str) -> Self {
        self.allowed = allowed.into_iter().map(str::to_owned).collect();
        let found: String = found.chars().take(LONGEST_COMPARED).flat_map(char::to_lowercase).collect();
        let similar = |name: &str| {
            let distance = strsim::damerau_levenshtein(name, &found);
            // What has little in common stays in its order.
            if distance <= name.len() / 2 { distance } else { usize::MAX }
        };
        self.allowed.sort_by_cached_key(|name| similar(name));
        self
    }
}

/// Comparing takes time by the square.
const LONGEST_COMPARED: usize = 64;

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(position) = self.position {
            write!(f, "{position}: ")?;
        }
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        f.write_str(&self.message)?;
        if self.allowed.is_empty() { Ok(()) } else { write!(f, "; expected {}", self.allowed.join(", ")) }
    }
}
