//! [`Position`]: a place in a file.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

/// A place in the text of a manifest.
///
/// ```
/// use cloudinary_provisioning_plan::manifest::Position;
///
/// assert_eq!(Position::new(3, 8).to_string(), "line 3, column 8");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct Position {
    /// The line, from 1.
    pub line: u32,
    /// The character within the line, from 1.
    pub column: u32,
}

impl Position {
    /// Creates a position; both numbers count from 1.
    pub fn new(line: u32, column: u32) -> Self {
        Self { line, column }
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}", self.line, self.column)
    }
}

/// Where something was declared; it does not take part in comparisons.
///
/// Two values of a manifest are equal whether they were read from a file or made by a program, so every `DeclaredAt` is
/// equal to every other.
///
/// ```
/// use cloudinary_provisioning_plan::manifest::{DeclaredAt, Position};
///
/// let read = DeclaredAt::from(Position::new(3, 1));
/// assert_eq!(read, DeclaredAt::default());
/// assert_eq!(read.position(), Some(Position::new(3, 1)));
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct DeclaredAt(Option<Position>);

impl DeclaredAt {
    /// Returns the place in the file; `None` for what a program made.
    pub fn position(self) -> Option<Position> {
        self.0
    }
}

impl From<Position> for DeclaredAt {
    fn from(position: Position) -> Self {
        Self(Some(position))
    }
}

impl PartialEq for DeclaredAt {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for DeclaredAt {}

impl PartialOrd for DeclaredAt {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for DeclaredAt {
    fn cmp(&self, _: &Self) -> Ordering {
        Ordering::Equal
    }
}

impl Hash for DeclaredAt {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}
