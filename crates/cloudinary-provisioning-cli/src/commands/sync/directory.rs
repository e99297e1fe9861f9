//! Reads from the account what the plan has to know.

use std::num::NonZeroUsize;

use cloudinary_provisioning::Error;
use cloudinary_provisioning::users::{List, ListSubAccounts, SortBy, SortOrder, User};
use cloudinary_provisioning_ureq::Client;

use super::environments::Environments;
use super::input::{Wanted, key};
use super::plan::{Access, Directory, by_email, needs_access};
use crate::terminal::exit::describe;

pub(crate) fn read(client: &Client, wanted: &[Wanted], workers: NonZeroUsize) -> Result<Directory, Error> {
    // Who is created meanwhile comes last in this order, and moves nobody to another page.
    let list = List::new().sort_by(SortBy::CreatedAt).sort_order(SortOrder::Asc);
    let users = client.items(list).collect::<Result<Vec<_>, _>>()?;

    let by_email = by_email(&users);
    let find = |wanted: &Wanted| by_email.get(&key(&wanted.email)).copied().filter(|user| needs_access(wanted, user));
    let asked: Vec<_> = wanted.iter().filter_map(find).map(|user| ListSubAccounts::new(&user.id)).collect();
    let answers = client.send_all(asked).workers(workers.get());
    let access = answers.map(|(asked, answer)| (asked.user_id().clone(), read_access(answer))).collect();
    Ok(Directory { users, access })
}

pub(crate) fn access(client: &Client, user: &User) -> Access {
    read_access(client.send(ListSubAccounts::new(&user.id)))
}

fn read_access(answer: Result<Vec<cloudinary_provisioning::users::SubAccountSummary>, Error>) -> Access {
    let sub_accounts = answer.map_err(|error| describe(&error))?;
    Ok(Environments::of(sub_accounts.into_iter().map(|sub_account| sub_account.id)))
}
