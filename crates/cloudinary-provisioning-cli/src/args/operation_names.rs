//! Names of operations, as the command line and batches write them.

use cloudinary_provisioning::catalog;
use cloudinary_provisioning::catalog::Entry;

/// `AddUser` and `add_user` as `add-user`.
pub(crate) fn kebab(name: &str) -> String {
    let mut kebab = String::with_capacity(name.len() + 4);
    for c in name.chars() {
        if c.is_ascii_uppercase() && !kebab.is_empty() {
            kebab.push('-');
        }
        kebab.push(if c == '_' { '-' } else { c.to_ascii_lowercase() });
    }
    kebab
}

/// `AddUser` as `add_user`.
pub(crate) fn snake(name: &str) -> String {
    kebab(name).replace('-', "_")
}

/// The operation of this name: `getUser`, `users get`, `users.get`.
pub(crate) fn find(name: &str) -> Option<&'static Entry> {
    if let Some(entry) = catalog().find(|entry| entry.id == name) {
        return Some(entry);
    }
    let (resource, operation) = name.trim().split_once([' ', '.', '/'])?;
    find_in(resource, operation.trim())
}

/// The operation of this name within a resource: `users` and `get` or `getUser`.
pub(crate) fn find_in(resource: &str, name: &str) -> Option<&'static Entry> {
    let (resource, kebab_name) = (kebab(resource), kebab(name));
    catalog().find(|entry| kebab(entry.resource) == resource && (kebab(entry.name) == kebab_name || entry.id == name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_is_found_by_each_of_its_names() {
        for entry in catalog() {
            let names = [
                entry.id.to_owned(),
                format!("{} {}", kebab(entry.resource), kebab(entry.name)),
                format!("{}.{}", entry.resource, snake(entry.name)),
            ];
            for name in names {
                assert_eq!(find(&name).map(|found| found.id), Some(entry.id), "{name}");
            }
        }
        assert_eq!(find("users fly").map(|found| found.id), None);
        assert_eq!(kebab("GetSubAccounts_for"), "get-sub-accounts-for");
    }
}
