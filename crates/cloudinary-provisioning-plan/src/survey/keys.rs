//! [`KeyPages`]: lists of keys that the service has cut off, page by page.

use std::collections::BTreeMap;

use cloudinary_provisioning::SubAccountId;

use crate::snapshot::FoundKey;

use super::fact::Read;
use super::once::once;

/// The keys of each product environment whose list was cut off, and the page to ask for next.
#[derive(Debug, Default)]
pub(super) struct KeyPages(BTreeMap<SubAccountId, (u32, Vec<FoundKey>)>);

impl KeyPages {
    pub(super) fn wanted(&self) -> impl Iterator<Item = Read> {
        self.0.iter().map(|(id, (page, _))| Read::KeysOf(id.clone(), Some(*page)))
    }

    /// Takes a page, or what came without one, and returns all keys or why they are not known, unless more is to be read.
    pub(super) fn received(
        &mut self,
        id: &SubAccountId,
        page: Option<u32>,
        keys: Vec<FoundKey>,
        total: Option<u64>,
    ) -> Option<Result<Vec<FoundKey>, String>> {
        const MOST: u32 = 100;

        let is_last = keys.is_empty() || page.is_some_and(|page| page >= MOST);
        let mut found = match page {
            None => Vec::new(),
            Some(_) => self.0.remove(id).map(|(_, found)| found).unwrap_or_default(),
        };
        found.extend(keys);
        let found = once(found, |key| key.api_key.clone());
        if total.is_none_or(|total| found.len() as u64 >= total) {
            return Some(Ok(found));
        }
        let next = match page {
            // The service has cut the list off: once more, by pages.
            None => (1, Vec::new()),
            Some(_) if is_last => {
                return Some(Err(format!("{} of {} keys came", found.len(), total.unwrap_or_default())));
            }
            Some(page) => (page + 1, found),
        };
        self.0.insert(id.clone(), next);
        None
    }

    pub(super) fn failed(&mut self, id: &SubAccountId) {
        self.0.remove(id);
    }
}
