//! [`UserPages`]: the list of users, several pages at a time.

use std::collections::{BTreeMap, BTreeSet};

use cloudinary_provisioning::UserId;

use crate::snapshot::FoundUser;

/// A user, and how many product environments the service says that the user can access.
pub(super) type Listed = (FoundUser, Option<u64>);

/// Pages that came, in whatever order, and which to ask for next.
///
/// An empty page ends the list. A short one does not: the service may cap the size of pages. A page that brings nobody
/// new ends it only if the next one brings nobody new either, as users move when others are deleted meanwhile.
#[derive(Debug, Default)]
pub(super) struct UserPages {
    asked: u32,
    read: u32,
    waiting: BTreeMap<u32, Result<Vec<Listed>, String>>,
    seen: BTreeSet<UserId>,
    nothing_new: u32,
    users: Vec<Listed>,
    failed: Option<String>,
    ended: bool,
}

impl UserPages {
    /// The pages to ask for now, never more than `ahead` beyond what was read.
    pub(super) fn next(&mut self, ahead: u32) -> impl Iterator<Item = u32> + use<> {
        let from = self.asked;
        if !self.ended {
            let width = self.read.saturating_mul(2).clamp(2, ahead.max(2));
            self.asked = self.asked.max(self.read.saturating_add(width));
        }
        from + 1..=self.asked
    }

    /// Whether the end of the list was seen, or a page has failed.
    pub(super) fn is_ended(&self) -> bool {
        self.ended
    }

    pub(super) fn received(&mut self, page: u32, users: Result<Vec<Listed>, String>) {
        self.waiting.insert(page, users);
        while let Some(users) = self.waiting.remove(&(self.read + 1)) {
            self.read += 1;
            // What was read beyond the end, or failed there, does not matter.
            if self.ended {
                continue;
            }
            let users = match users {
                Ok(users) => users,
                Err(reason) => {
                    (self.failed, self.ended) = (Some(reason), true);
                    continue;
                }
            };
            self.ended = users.is_empty();
            let before = self.users.len();
            let new = users.into_iter().filter(|(user, _)| self.seen.insert(user.id.clone()));
            self.users.extend(new);
            self.nothing_new = if self.users.len() == before { self.nothing_new + 1 } else { 0 };
            self.ended |= self.nothing_new >= 2;
        }
    }

    /// All users, or why they are not known, once the list has ended.
    pub(super) fn take(&mut self) -> Result<Vec<Listed>, String> {
        let users = std::mem::take(&mut self.users);
        self.failed.take().map_or(Ok(users), Err)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(ids: &[&str]) -> Vec<Listed> {
        ids.iter().map(|id| (FoundUser::new(*id, format!("{id}@example.com")), None)).collect()
    }

    #[test]
    fn pages_come_in_any_order_and_an_empty_one_ends_the_list() {
        let mut pages = UserPages::default();
        assert_eq!(pages.next(16).collect::<Vec<_>>(), [1, 2]);
        pages.received(2, Ok(page(&[])));
        assert!(!pages.is_ended());
        pages.received(1, Ok(page(&["a"])));
        assert!(pages.is_ended());
        assert_eq!(pages.take().map(|users| users.len()), Ok(1));
        assert_eq!(pages.next(16).count(), 0);
    }

    #[test]
    fn one_page_without_anybody_new_does_not_end_the_list() {
        let mut pages = UserPages::default();
        for (number, ids) in [(1, &["a"][..]), (2, &["a"]), (3, &["b"]), (4, &["b"])] {
            pages.received(number, Ok(page(ids)));
        }
        assert!(!pages.is_ended());
        pages.received(5, Ok(page(&["a"])));
        assert!(pages.is_ended());
        assert_eq!(pages.take().map(|users| users.len()), Ok(2));
    }

    #[test]
    fn reading_ahead_is_bounded() {
        let mut pages = UserPages::default();
        let mut asked = 0;
        for number in 1..=100 {
            asked = pages.next(16).last().unwrap_or(asked);
            pages.received(number, Ok(page(&[&number.to_string()])));
        }
        assert!(asked <= 100 + 16, "{asked}");
    }
}
