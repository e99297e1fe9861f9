//! Users with their groups and product environments, as `cldp sync` reads them.

use std::collections::HashMap;
use std::io::Write;

use cloudinary_provisioning::UserId;
use cloudinary_provisioning::users::{
    GetGroups, List, ListSubAccounts, SortBy, SortOrder, SubAccountSummary, User, UserGroupSummary,
};
use cloudinary_provisioning_ureq::Client;

use super::row::{Details, has_all, row};
use super::rows::Rows;
use crate::terminal::exit::Exit;

/// How many users' details are requested at a time.
const TOGETHER: usize = 200;

/// All product environments, as listed for a user with access to all of them.
enum All {
    NotAsked,
    Unreadable,
    List(Vec<SubAccountSummary>),
}

impl All {
    fn list(&self) -> Option<Vec<SubAccountSummary>> {
        if let Self::List(list) = self { Some(list.clone()) } else { None }
    }
}

/// Writes every user. Fails if the list itself cannot be read.
pub(super) fn write(client: &Client, workers: usize, rows: &mut Rows<'_, impl Write>) -> Result<(), Exit> {
    // In this order, users created meanwhile come last and move nobody to another page.
    let list = List::new().sort_by(SortBy::CreatedAt).sort_order(SortOrder::Asc);
    let mut users = client.items(list).workers(workers);
    let mut all = All::NotAsked;
    loop {
        let some = users.by_ref().take(TOGETHER).collect::<Result<Vec<_>, _>>()?;
        if some.is_empty() {
            return Ok(());
        }
        let mut groups = groups(client, workers, &some, rows);
        let mut sub_accounts = sub_accounts(client, workers, &some, &mut all, rows);
        for user in &some {
            let sub_accounts = if has_all(user) { all.list() } else { sub_accounts.remove(&user.id).flatten() };
            let groups = if user.group_count == Some(0) { Some(Vec::new()) } else { groups.remove(&user.id).flatten() };
            rows.push(row(user, &Details { groups, sub_accounts }))?;
        }
    }
}

fn groups(
    client: &Client,
    workers: usize,
    users: &[User],
    rows: &mut Rows<'_, impl Write>,
) -> HashMap<UserId, Option<Vec<UserGroupSummary>>> {
    let asked: Vec<_> =
        users.iter().filter(|user| user.group_count != Some(0)).map(|user| GetGroups::new(&user.id)).collect();
    let answers = client.send_all(asked).workers(workers);
    answers
        .map(|(asked, answer)| (asked.user_id().clone(), rows.read(&format!("user {}", asked.user_id()), answer)))
        .collect()
}

/// Reads the product environments of users who do not have access to all. The list of all is requested once.
fn sub_accounts(
    client: &Client,
    workers: usize,
    users: &[User],
    all: &mut All,
    rows: &mut Rows<'_, impl Write>,
) -> HashMap<UserId, Option<Vec<SubAccountSummary>>> {
    if let (All::NotAsked, Some(user)) = (&all, users.iter().find(|user| has_all(user))) {
        let answer = client.send(ListSubAccounts::new(&user.id));
        *all = rows.read(&format!("user {}", user.id), answer).map_or(All::Unreadable, All::List);
    }
    let asked: Vec<_> = users.iter().filter(|user| !has_all(user)).map(|user| ListSubAccounts::new(&user.id)).collect();
    let answers = client.send_all(asked).workers(workers);
    answers
        .map(|(asked, answer)| (asked.user_id().clone(), rows.read(&format!("user {}", asked.user_id()), answer)))
        .collect()
}
