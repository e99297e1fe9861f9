//! User groups and their members: what differs.

use std::collections::{BTreeMap, BTreeSet};

use cloudinary_provisioning::{GroupId, UserId};

use crate::manifest::{Email, Group, Name, Object, ObjectKind, User};
use crate::snapshot::FoundGroup;

use super::builder::{Builder, Obstacle};
use super::pairing::Pairing;
use super::step::{Action, Change, Step, StepKind};
use super::work::{Handle, Made, Work};

const KIND: StepKind = StepKind::Groups;

impl Builder<'_> {
    pub(crate) fn plan_groups(&mut self) {
        let pairs: Vec<_> = self.groups.pairs().collect();
        for (declared, pairing) in pairs {
            if let Err(obstacle) = self.groups.reason() {
                self.block(Object::Group(declared), obstacle);
                continue;
            }
            match (pairing, declared.is_absent()) {
                (Pairing::Ambiguous(count), _) => {
                    let message = format!("{count} groups have this name");
                    self.block(Object::Group(declared), Obstacle::Ambiguous(message));
                }
                (Pairing::New, true) => self.unchanged(KIND),
                (Pairing::New, false) => self.create_group(declared),
                (Pairing::Found(found) | Pairing::Renamed(found), true) => self.steps.push(delete(found)),
                (Pairing::Found(found) | Pairing::Renamed(found), false) => self.rename_group(declared, found),
            }
        }
        if self.prunes(ObjectKind::Groups) {
            let pruned: Vec<_> = self
                .groups
                .others()
                .filter(|(name, _)| !self.is_ignored(ObjectKind::Groups, name))
                .flat_map(|(_, groups)| groups.iter().map(|found| delete(found)))
                .collect();
            self.steps.extend(pruned);
            if let Err(Obstacle::Unknown(reason)) = self.groups.reason() {
                self.unknown(KIND, "", reason);
            }
        }
    }

    fn create_group(&mut self, declared: &Group) {
        let name = declared.name.to_string();
        let step =
            Step::new(KIND, &*name, Action::Create, Work::CreateGroup(name.clone())).makes(Made::Group(name.clone()));
        self.steps.push(step);
    }

    fn rename_group(&mut self, declared: &Group, found: &FoundGroup) {
        if found.name == declared.name.as_str() {
            return self.unchanged(KIND);
        }
        let work = Work::RenameGroup(found.id.clone(), declared.name.to_string());
        let step = Step::new(KIND, declared.name.as_str(), Action::Rename, work)
            .id(&found.id)
            .changes(vec![Change::new("name", &*found.name, declared.name.as_str())]);
        self.steps.push(step);
    }

    /// Members as groups list them, then as users list their groups. A group that lists its members decides alone.
    pub(crate) fn plan_memberships(&mut self) {
        for group in &self.manifest.groups {
            if let (Some(members), false) = (&group.members, group.is_absent()) {
                self.plan_members(group, members);
            }
        }
        for user in &self.manifest.users {
            if let (Some(groups), false) = (&user.groups, user.is_absent()) {
                self.plan_groups_of(user, groups);
            }
        }
    }

    fn plan_members(&mut self, group: &Group, members: &BTreeSet<Email>) {
        let mut wanted = BTreeMap::new();
        let mut complete = true;
        for email in members {
            match self.user(email) {
                Ok(handle) => drop(wanted.insert(handle, email)),
                Err(obstacle) => {
                    complete = false;
                    self.block(Object::Group(group), obstacle);
                }
            }
        }
        let handle = match self.group(&group.name) {
            Ok(handle) if complete => handle,
            // The group itself was blocked already.
            _ => return,
        };
        let found = self.groups.declared(&group.name).and_then(|(_, pairing)| pairing.found());
        let there = match found.map(|found| found.members.or_reason()) {
            None => &BTreeSet::new(),
            Some(Ok(there)) => there,
            Some(Err(reason)) => {
                return self.unknown(
                    StepKind::Memberships,
                    group.name.as_str(),
                    format!("its members are not known: {reason}"),
                );
            }
        };
        for (user, email) in &wanted {
            match user.known() {
                Some(id) if there.contains(id) => self.unchanged(StepKind::Memberships),
                _ => self.steps.push(add(&handle, user, &group.name, email)),
            }
        }
        let surplus = there.iter().filter(|id| !wanted.contains_key(&Handle::Known(id.to_string())));
        // A list that lags behind may miss a user whom the group has already.
        let surplus = surplus.filter(|id| !members.contains(&Email::new(self.user_name(id))));
        for id in surplus.collect::<Vec<_>>() {
            self.remove_member(found, id, &group.name);
        }
    }

    fn plan_groups_of(&mut self, user: &User, groups: &BTreeSet<Name>) {
        // If not, the user was blocked already.
        let Ok(handle) = self.user(&user.email) else { return };
        for name in groups {
            if self.lists_members(name) {
                continue;
            }
            let group = match self.group(name) {
                Ok(group) => group,
                Err(obstacle) => {
                    self.block(Object::User(user), obstacle);
                    continue;
                }
            };
            match self.is_member(&group, &handle) {
                Ok(true) => self.unchanged(StepKind::Memberships),
                Ok(false) => self.steps.push(add(&group, &handle, name, &user.email)),
                Err(reason) => {
                    self.unknown(StepKind::Memberships, name.as_str(), format!("its members are not known: {reason}"));
                }
            }
        }
        let Some(id) = handle.known().map(UserId::from) else { return };
        if let Err(Obstacle::Unknown(reason)) = self.groups.reason() {
            let reason = format!("the user's groups are not known: {reason}");
            self.unknown(StepKind::Memberships, user.email.as_str(), reason);
        }
        let found = self.snapshot.groups.known().map_or(&[][..], Vec::as_slice);
        for group in found {
            let declared = self.groups.by_id(group.id.as_str()).and_then(|(_, declared)| declared);
            let name = declared.map_or(group.name.as_str(), |declared| declared.name.as_str());
            let goes = declared.map_or_else(|| self.prunes(ObjectKind::Groups), Group::is_absent);
            if goes || groups.contains(name) || self.lists_members(name) || self.groups.is_ambiguous(&group.name) {
                continue;
            }
            match group.members.or_reason() {
                Ok(members) if members.contains(&id) => self.remove_member(Some(group), &id, name),
                Ok(_) => {}
                Err(reason) => {
                    self.unknown(StepKind::Memberships, name, format!("its members are not known: {reason}"));
                }
            }
        }
    }

    fn lists_members(&self, group: &str) -> bool {
        self.groups.declared(group).is_some_and(|(declared, _)| declared.members.is_some())
    }

    fn is_member(&self, group: &Handle, user: &Handle) -> Result<bool, String> {
        let (Some(group), Some(user)) = (group.known(), user.known()) else { return Ok(false) };
        match self.groups.by_id(group) {
            Some((found, _)) => found.members.or_reason().map(|members| members.contains(user)),
            None => Ok(false),
        }
    }

    /// Members who are ignored stay, and so does who is in an ignored group.
    fn remove_member(&mut self, group: Option<&FoundGroup>, user: &UserId, name: &str) {
        let Some(group) = group else { return };
        let email = self.user_name(user);
        if self.is_ignored(ObjectKind::Users, &email) || self.is_ignored(ObjectKind::Groups, name) {
            return;
        }
        let work = Work::RemoveMember { group: group.id.clone(), user: user.clone() };
        self.steps.push(Step::new(StepKind::Memberships, membership(&email, name), Action::Remove, work));
    }
}

fn add(group: &Handle, user: &Handle, name: &str, email: &Email) -> Step {
    let work = Work::AddMember { group: group.clone(), user: user.clone() };
    Step::new(StepKind::Memberships, membership(email, name), Action::Add, work)
}

/// How a membership is named.
fn membership(email: &str, group: &str) -> String {
    format!("{email} in {group}")
}

fn delete(found: &FoundGroup) -> Step {
    let id: &GroupId = &found.id;
    Step::new(KIND, &*found.name, Action::Delete, Work::DeleteGroup(id.clone())).id(id)
}

#[cfg(test)]
mod tests {
    use crate::manifest::{Group, Manifest, User};
    use crate::plan::{Action, Plan};
    use crate::snapshot::{FoundGroup, Part, Snapshot};

    #[test]
    fn a_member_whom_a_list_that_lags_behind_misses_stays() {
        let mut manifest = Manifest::new();
        manifest.users.push(User::new("carl@example.com").name("Carl"));
        manifest.groups.push(Group::new("Editors").members(["Carl@example.com"]));
        let mut snapshot = Snapshot::new();
        (snapshot.users, snapshot.users_are_all) = (Part::Known(vec![]), true);
        snapshot.groups = Part::Known(vec![FoundGroup::new("g1", "Editors", ["u9"])]);
        snapshot.member_emails.insert("u9".into(), "carl@example.com".to_owned());

        let plan = Plan::new(&manifest, &snapshot).unwrap();
        assert!(plan.steps().iter().all(|step| step.action != Action::Remove), "{plan}");
    }
}
