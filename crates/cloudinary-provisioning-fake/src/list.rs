//! Which users a list shows, and in which order.

use std::cmp::Ordering;

use crate::query::{Filter, ListQuery, Login, Page, Sort, SortBy, Status};
use crate::reply::Failure;
use crate::store::Store;
use crate::user::FakeUser;

pub(crate) fn select<'a>(store: &'a Store, query: &ListQuery) -> Result<Vec<&'a FakeUser>, Failure> {
    let (filter, sort, page) = match query {
        ListQuery::Ids(ids) => return Ok(store.users_by_ids(ids)),
        ListQuery::Emails(emails) => return Ok(store.users_by_emails(emails)),
        ListQuery::Matching(filter, sort, page) => (filter, sort, page),
    };
    if let Some(id) = filter.sub_account_id.as_deref() {
        store.sub_account(id).ok_or_else(|| Failure::no_sub_account(id))?;
    }
    if let (None, Some(page), true) = (sort, page, filter.takes_everybody()) {
        return Ok(store.users_after(page.skip).take(page.take).collect());
    }
    let matching = store.users().filter(|user| matches(filter, user));
    let Some(sort) = sort else {
        return Ok(cut(matching, *page));
    };
    let mut users: Vec<_> = matching.collect();
    sort_users(&mut users, *sort);
    Ok(cut(users.into_iter(), *page))
}

fn cut<'a>(users: impl Iterator<Item = &'a FakeUser>, page: Option<Page>) -> Vec<&'a FakeUser> {
    match page {
        None => users.collect(),
        Some(page) => users.skip(page.skip).take(page.take).collect(),
    }
}

fn matches(filter: &Filter, user: &FakeUser) -> bool {
    (user.pending || !filter.pending_only)
        && filter.status.is_none_or(|status| has_status(user, status))
        && filter.prefix.as_ref().is_none_or(|prefix| starts_with(&user.name, prefix))
        && filter.sub_account_id.as_ref().is_none_or(|id| user.has_sub_account(id))
        && filter.login.as_ref().is_none_or(|login| logged_in(user, login))
}

fn has_status(user: &FakeUser, status: Status) -> bool {
    user.status()
        == match status {
            Status::Pending => "pending",
            Status::Active => "active",
            Status::Disabled => "disabled",
        }
}

fn starts_with(name: &str, lowercase_prefix: &str) -> bool {
    let mut name = name.chars().flat_map(char::to_lowercase);
    lowercase_prefix.chars().all(|expected| name.next() == Some(expected))
}

fn logged_in(user: &FakeUser, login: &Login) -> bool {
    let within = user.last_login.is_some_and(|moment| {
        let day = moment.date();
        login.from.is_none_or(|from| from <= day) && login.to.is_none_or(|to| day <= to)
    });
    within != login.others
}

/// Users come in the order of creation, and a stable sort keeps it among equals. Downwards is that
/// order turned round, equals included: among users of one moment the newest comes first.
fn sort_users(users: &mut [&FakeUser], sort: Sort) {
    match sort.by {
        SortBy::Name => users.sort_by_cached_key(|user| user.name.to_lowercase()),
        SortBy::Role => users.sort_by(|a, b| a.role.cmp(&b.role)),
        SortBy::Status => users.sort_by(|a, b| a.status().cmp(b.status())),
        SortBy::Activity => users.sort_by(|a, b| never_first(a, b)),
        SortBy::CreatedAt => users.sort_by_key(|user| user.created_at),
    }
    if sort.descending {
        users.reverse();
    }
}

fn never_first(a: &FakeUser, b: &FakeUser) -> Ordering {
    a.last_login.cmp(&b.last_login)
}
