//! [`PolicyPages`]: lists of custom policies, page by page.

use std::collections::{BTreeMap, BTreeSet};

use crate::snapshot::{FoundPolicy, FoundScope};

use super::fact::Read;
use super::once::once;

/// The lists of custom policies that go on, by scope.
#[derive(Debug, Default)]
pub(super) struct PolicyPages(BTreeMap<FoundScope, Pages>);

/// A list with a cursor, as far as it was read.
#[derive(Debug, Default)]
struct Pages {
    found: Vec<FoundPolicy>,
    cursors: BTreeSet<String>,
    next: String,
}

impl PolicyPages {
    pub(super) fn wanted(&self) -> impl Iterator<Item = Read> {
        self.0.iter().map(|(scope, pages)| Read::Policies(scope.clone(), Some(pages.next.clone())))
    }

    /// Takes a page, and returns all policies or why they are not known, unless more is to be read.
    pub(super) fn received(
        &mut self,
        scope: &FoundScope,
        found: Result<Vec<FoundPolicy>, String>,
        cursor: Option<String>,
    ) -> Option<Result<Vec<FoundPolicy>, String>> {
        let mut pages = self.0.remove(scope).unwrap_or_default();
        match found {
            Ok(found) => pages.found.extend(found),
            Err(reason) => return Some(Err(reason)),
        }
        match cursor {
            None => Some(Ok(once(pages.found, |policy| policy.id.clone()))),
            Some(cursor) if !pages.cursors.insert(cursor.clone()) => {
                Some(Err("the list goes round in circles: a cursor came twice".to_owned()))
            }
            Some(cursor) => {
                pages.next = cursor;
                self.0.insert(scope.clone(), pages);
                None
            }
        }
    }
}
