//! Reads the users, one page at a time, and writes them as they come.

use std::io::Write;

use cloudinary_provisioning::users::{
    GetGroups, List, ListSubAccounts, SortBy, SortOrder, SubAccountSummary, User, UserGroupSummary,
};
use cloudinary_provisioning_ureq::{Client, Error};
use indicatif::ProgressBar;

use crate::row::{Details, has_all, header, row};
use crate::support::{Stop, chain};

pub(crate) struct Export<'e> {
    client: &'e Client,
    progress: &'e ProgressBar,
    /// All product environments, once a user with access to all has come.
    all_sub_accounts: Option<Vec<SubAccountSummary>>,
    /// How many cells could not be read.
    failures: usize,
}

impl<'e> Export<'e> {
    pub(crate) fn new(client: &'e Client, progress: &'e ProgressBar) -> Self {
        Self { client, progress, all_sub_accounts: None, failures: 0 }
    }

    /// Writes everybody, and returns how much could not be read: a user's groups or product environments. Where the
    /// list itself cannot be read, it stops.
    pub(crate) fn write(mut self, out: impl Write) -> Result<usize, Stop> {
        let mut csv = csv::Writer::from_writer(out);
        csv.write_record(header())?;
        // Who is created meanwhile comes last in this order, and moves nobody to another page.
        let list = List::new().sort_by(SortBy::CreatedAt).sort_order(SortOrder::Asc);
        for user in self.client.items(list) {
            let user = user?;
            let details = Details { groups: self.groups(&user), sub_accounts: self.sub_accounts(&user) };
            csv.write_record(row(&user, &details))?;
            self.progress.inc(1);
        }
        csv.flush()?;
        Ok(self.failures)
    }

    fn groups(&mut self, user: &User) -> Option<Vec<UserGroupSummary>> {
        if user.group_count == Some(0) {
            return Some(Vec::new());
        }
        let groups = self.client.send(&GetGroups::new(&user.id));
        self.read(user, groups)
    }

    fn sub_accounts(&mut self, user: &User) -> Option<Vec<SubAccountSummary>> {
        if has_all(user) && self.all_sub_accounts.is_some() {
            return self.all_sub_accounts.clone();
        }
        let sub_accounts = self.client.send(&ListSubAccounts::new(&user.id));
        let sub_accounts = self.read(user, sub_accounts)?;
        if has_all(user) {
            self.all_sub_accounts = Some(sub_accounts.clone());
        }
        Some(sub_accounts)
    }

    fn read<T>(&mut self, user: &User, result: Result<T, Error>) -> Option<T> {
        result
            .inspect_err(|error| {
                self.failures += 1;
                self.progress.suspend(|| eprintln!("user {}: {}", user.id.as_str().escape_debug(), chain(error)));
            })
            .ok()
    }
}
