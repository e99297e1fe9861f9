//! Two manifests, compared.

use cloudinary_provisioning_plan::diff::Presence;
use cloudinary_provisioning_plan::manifest::State;
use cloudinary_provisioning_plan::{Diff, Manifest};

fn manifest(text: &str) -> Manifest {
    Manifest::from_toml(text).unwrap()
}

const A: &str = r#"
    prune = ["groups"]

    [[environments]]
    cloud_name = "shop"
    name = "Shop"

    [[groups]]
    name = "Editors"
    members = ["ada@example.com", "bob@example.com"]

    [[users]]
    email = "ada@example.com"
    role = "billing"

    [[policies]]
    scope = "account"
    name = "Read"
    statement = 'permit(principal, action, resource);'

    [[assignments]]
    role = "auditor"
    scope = "prodenv:shop"
    to = ["user:ada@example.com", "group:Editors"]
"#;

/// The same as `A`, written in another way.
const SAME: &str = r#"
    [[assignments]]
    role = "auditor"
    scope = "prodenv:shop"
    to = ["group:Editors"]

    [[assignments]]
    role = "auditor"
    scope = "prodenv:shop"
    to = ["user:Ada@example.com"]

    [[policies]]
    scope = "account"
    name = "Read"
    statement = 'permit( principal,  action, resource );'

    [[users]]
    email = "ADA@example.com"
    role = "billing"

    [[groups]]
    name = "Editors"
    members = ["BOB@example.com", "ada@example.com"]

    [[environments]]
    cloud_name = "shop"
    name = "Shop"
"#;

const B: &str = r#"
    [[environments]]
    cloud_name = "shop"
    name = "Boutique"

    [[groups]]
    name = "Editors"
    members = ["ada@example.com"]

    [[users]]
    email = "ada@example.com"

    [[users]]
    email = "cyd@example.com"
    enabled = false

    [[assignments]]
    role = "auditor"
    scope = "prodenv:shop"
    to = ["user:ada@example.com", "user:cyd@example.com"]
"#;

#[test]
fn what_means_the_same_is_no_difference() {
    let (a, same) = (manifest(A), manifest(SAME));
    for (one, other) in [(&a, &a), (&a, &same), (&same, &a)] {
        assert_eq!(Diff::new(one, other).to_string(), "No differences.\n");
    }
}

#[test]
fn differences_come_by_kind_and_name() {
    let diff = Diff::new(&manifest(A), &manifest(B));
    assert_eq!(
        diff.to_string(),
        "\
~ environment shop  name: Shop → Boutique
~ group Editors  members: [\"ada@example.com\",\"bob@example.com\"] → [\"ada@example.com\"]
~ user ada@example.com  role: billing → not said
+ user cyd@example.com
- policy Read (account)
- assignment auditor (prodenv:shop) to group:Editors
+ assignment auditor (prodenv:shop) to user:cyd@example.com
7 differences.
"
    );
    let json = serde_json::to_value(&diff).unwrap();
    assert_eq!((&json["version"], &json["differences"][3]["presence"]), (&1.into(), &"only_b".into()));
    assert_eq!(json["differences"][0]["changes"][0]["new"], "Boutique");
}

#[test]
fn what_closes_it_has_all_that_b_has_and_takes_no_object_away() {
    let (a, b) = (manifest(A), manifest(B));
    let closing = Diff::new(&a, &b).closing(&b);
    assert!(closing.prune.is_empty() && closing.check().is_ok());
    assert!(closing.objects().all(|object| object.state() == State::Present));
    assert_eq!(closing.assignments[0].to.iter().map(ToString::to_string).collect::<Vec<_>>(), ["user:cyd@example.com"]);
    // A with it, and B, have then no difference but what A alone has and what B leaves open.
    let left = Diff::new(&closing, &b);
    assert!(left.differences().iter().all(|difference| difference.presence == Presence::OnlyB), "{left}");
}
