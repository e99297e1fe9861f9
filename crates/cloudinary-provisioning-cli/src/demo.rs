//! The account that the tools work on when no other is named.

use cloudinary_provisioning::{Account, AccountError, Origin};
use cloudinary_provisioning_fake::{FakeAccount, NewGroup, NewSubAccount, NewUser};

const ID: &str = "made-up-account";
const KEY: &str = "key";
const SECRET: &str = "secret";

/// Seven users, two groups and three product environments.
pub(crate) fn account() -> FakeAccount {
    FakeAccount::new(ID, KEY, SECRET)
        // Small pages, so that the list takes several requests.
        .with_page_cap(3)
        .with_sub_account(NewSubAccount::new("Website").id("env-website"))
        .with_sub_account(NewSubAccount::new("Shop").id("env-shop"))
        .with_sub_account(NewSubAccount::new("Press").id("env-press"))
        .with_users([
            NewUser::new("Ada Lovelace", "ada@example.com").id("u1").role("master_admin").root(true),
            NewUser::new("Grace Hopper", "grace@example.com").id("u2").role("technical_admin"),
            NewUser::new("Alan Turing", "alan@example.com").id("u3").sub_account_ids(["env-website"]),
            NewUser::new("Barbara Liskov", "barbara@example.com").id("u4").role("billing"),
            NewUser::new("Charles Babbage", "charles@example.com").id("u5").role("reports"),
            NewUser::new("E. Dijkstra", "edsger@example.com").id("u6").role("reports"),
            NewUser::new("Katherine Johnson", "katherine@example.com").id("u7").role("media_library_admin"),
        ])
        .with_group(NewGroup::new("Editors").id("g1").members(["u3", "u7"]))
        .with_group(NewGroup::new("Developers").id("g2").members(["u2", "u3", "u6"]))
}

/// The credentials of [`account`], at the server that serves it.
pub(crate) fn credentials(url: &str) -> Result<Account, AccountError> {
    Ok(Account::new(ID, KEY, SECRET)?.with_origin(Origin::url(url)?))
}
