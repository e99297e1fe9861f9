//! Reads from the account what the plan has to know.

use std::num::NonZeroUsize;

use cloudinary_provisioning::users::{List, ListSubAccounts, SortBy, SortOrder, User};
use cloudinary_provisioning_ureq::{Client, Error};

use crate::input::{Wanted, key};
use crate::plan::{Access, Directory, by_email, needs_access};
use crate::support::chain;
use crate::workers;

pub(crate) fn read(client: &Client, wanted: &[Wanted], threads: NonZeroUsize) -> Result<Directory, Error> {
    // Who is created meanwhile comes last in this order, and moves nobody to another page.
    let list = List::new().sort_by(SortBy::CreatedAt).sort_order(SortOrder::Asc);
    let users = client.items(list).collect::<Result<Vec<_>, _>>()?;
    let mut directory = Directory { users, ..Directory::default() };

    let by_email = by_email(&directory.users);
    let find = |wanted: &Wanted| by_email.get(&key(&wanted.email)).copied().filter(|user| needs_access(wanted, user));
    let asked: Vec<_> = wanted.iter().filter_map(find).collect();
    let ask = |user: &&User| (user.id.clone(), access(client, user));
    workers::run(&asked, threads, ask, |(id, access)| drop(directory.access.insert(id, access)));
    Ok(directory)
}

pub(crate) fn access(client: &Client, user: &User) -> Access {
    let sub_accounts = client.send(&ListSubAccounts::new(&user.id)).map_err(|error| chain(&error))?;
    Ok(sub_accounts.into_iter().map(|sub_account| sub_account.id).collect())
}
