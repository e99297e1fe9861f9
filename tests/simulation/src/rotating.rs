//! What has to hold for rotations: a key goes when its successor has everything, and it gets one successor.

use cloudinary_provisioning_fake::PrincipalType;
use cloudinary_provisioning_plan::rotation::OldKeys;

use crate::goal::{ROTATED, Rotating, SUCCESSOR};
use crate::holdings::{Holdings, Key, Loss};
use crate::model::{Kind, Model};

impl Model {
    /// What a rotation has taken away: an old key, with a successor that has everything.
    pub(crate) fn check_retired(&mut self, call: usize, rotating: &Rotating, before: &Holdings, loss: &Loss) {
        let run = self.calls[call].run.unwrap_or_default();
        let (Loss::Key(id) | Loss::KeyDisabled(id)) = loss else {
            return self.fail("removes-only-what-is-unwanted", || format!("call {call}, a rotation: {loss:?}"));
        };
        let old = &before.keys[id];
        let successors = before.keys.iter().filter(|(_, key)| succeeds(key, old));
        let is_wanted = matches!(
            (loss, rotating.old),
            (Loss::KeyDisabled(_), OldKeys::Disable) | (Loss::Key(_), OldKeys::Delete { .. })
        );
        let lacks = |(id_of_new, new): (&String, &Key)| match () {
            () if !is_wanted => Some("nobody asked for that"),
            () if !new.enabled => Some("its successor is disabled"),
            () if matches!(loss, Loss::Key(_)) => None,
            () if !self.vault.contains(id_of_new) => Some("nobody has the secret of its successor"),
            () if self.purposes_are_shown && !old.purposes.is_subset(&new.purposes) => Some("it is used for something"),
            () if rotating.roles && !has_roles_of(before, id, id_of_new) => Some("its successor lacks roles"),
            () => None,
        };
        // Where names are not unique, there may be another one.
        let (mut missing, mut other) = ("there is no successor", "/access_keys/");
        for successor in successors {
            let Some(what) = lacks(successor) else { return };
            (missing, other) = (what, successor.0);
        }
        if self.runs[run].is_fooled {
            self.count("somebody answered for the service");
        } else if self.is_touched(run, &[id, other]) {
            self.count("somebody changed meanwhile what a plan took away");
        } else {
            self.fail("successor-comes-first", || format!("call {call}: {loss:?}, though {missing}: {before:#?}"));
        }
    }

    /// A rotation has made a key: no other has this name, unless it came meanwhile.
    pub(crate) fn check_successor(&mut self, call: usize, before: &Holdings, after: &Holdings) {
        let run = self.calls[call].run.unwrap_or_default();
        let from = self.runs[run].began.saturating_sub(self.list_lag.max(self.get_lag));
        for (id, new) in after.keys.iter().filter(|(id, _)| !before.keys.contains_key(*id)) {
            let twin = before.keys.iter().find(|(_, key)| key.environment == new.environment && key.name == new.name);
            let Some((twin, _)) = twin else { continue };
            let known = self.resources.iter().find(|known| known.kind == Kind::Key && known.id == *twin);
            if known.is_some_and(|known| known.at >= from || known.made_by == Some(call)) {
                self.count("a key was made twice under one name");
            } else {
                self.fail("one-successor", || format!("call {call} makes {id}, although {twin} is {}", new.name));
            }
        }
    }

    /// In the end, the key is disabled or gone, and its successor is in use.
    pub(crate) fn check_rotated(&mut self, account: &Holdings) {
        let production = |key: &&Key| key.environment == "s1";
        let find = |name: &str| account.keys.values().filter(production).find(|key| key.name == name);
        let is_so = match (find(ROTATED), find(SUCCESSOR)) {
            // The one that was to be used is gone, or has been replaced itself.
            (Some(old), Some(new)) => {
                (!old.enabled && (old.purposes.is_empty() || !self.purposes_are_shown)) || !new.enabled
            }
            (None, Some(_)) => true,
            (_, None) => false,
        };
        if !is_so {
            self.fail("calm-plan-converges", || format!("the key is not replaced: {account:#?}"));
        }
        self.count("rotated");
    }

    /// Whether the key cannot be replaced: it has gone, its name is ambiguous, or somebody has disabled its successor.
    pub(crate) fn cannot_rotate(account: &Holdings) -> bool {
        let named = |name: &str| -> Vec<_> {
            account.keys.values().filter(|key| key.environment == "s1" && key.name == name).collect()
        };
        match (named(ROTATED).as_slice(), named(SUCCESSOR).as_slice()) {
            ([], new) => new.is_empty(),
            ([old], [new]) => old.enabled && !new.enabled,
            ([_], []) => false,
            _ => true,
        }
    }
}

/// Whether a key has the name of the one that replaces another.
fn succeeds(new: &Key, old: &Key) -> bool {
    let successor = match old.name.rsplit_once("-rotated-").map(|(first, number)| (first, number.parse::<u32>())) {
        Some((first, Ok(number))) => format!("{first}-rotated-{}", number + 1),
        _ => format!("{}-rotated-1", old.name),
    };
    new.environment == old.environment && new.name == successor
}

fn has_roles_of(account: &Holdings, old: &str, new: &str) -> bool {
    let of = |id: &str| {
        let held = account.assignments.iter().filter(|held| held.kind == PrincipalType::ApiKey && held.principal == id);
        held.map(|held| (held.role.clone(), held.scope.clone())).collect::<std::collections::BTreeSet<_>>()
    };
    of(old).is_subset(&of(new))
}
