//! Switches for behavior on which sources about the service disagree.

/// Changes the behavior of a [`FakeAccount`](crate::FakeAccount) where sources about the service differ.
///
/// By default the account behaves as tests against the live service found it, else as the API description says. Each
/// switch changes one behavior to what another source says, or to a state that an account can be in, so that a tool can
/// be tested against both.
///
/// ```
/// use cloudinary_provisioning_fake::{FakeAccount, Switch};
///
/// let account = FakeAccount::new("acc", "key", "secret")
///     .with_switch(Switch::DisablingKeysIgnored)
///     .with_switches(Switch::DOCUMENTED);
/// # let _ = account;
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Switch {
    /// Of `ids=a&ids=b` only `b` counts, as Rack reads it. Brackets and commas still make lists.
    LastRepeatedValueWins,
    /// `pending=false` lists everybody, as the API description says, instead of those who are not pending.
    PendingFalseIsEverybody,
    /// Beside `ids` or `emails` other filters are ignored, as the API description says.
    IdsWithoutOtherFilters,
    /// Users have only the 21 documented fields, without `groups` and `sub_account_ids`.
    UsersAsDocumented,
    /// Users have their `sub_account_ids` as a JSON array, instead of a text with commas between the ids.
    SubAccountIdsAsArray,
    /// Several groups may have the same name.
    DuplicateGroupNames,
    /// Deleting a group answers `{"message":"ok"}`, as the API description says, instead of `{"ok":true}`.
    DeletedGroupAsMessage,
    /// Adding a user to a group answers that user, as the API description says, instead of all members.
    AddedUserAlone,
    /// Product environments have only the documented fields, without `description`, `custom_attributes` and
    /// `edge_key`.
    EnvironmentsAsDocumented,
    /// Cloud names keep their underscores.
    UnderscoresInCloudNames,
    /// `enabled` is respected when a product environment is created. Otherwise every new one is enabled.
    EnabledOnCreate,
    /// A product environment that a request created answers 403 until a role is assigned to the provisioning key there.
    NewEnvironmentsForbidden,
    /// Access keys have only the documented fields, without `root` and `dedicated_for`.
    KeysAsDocumented,
    /// `enabled: false` does not disable an access key, although the update succeeds.
    DisablingKeysIgnored,
    /// Several access keys of a product environment may have the same name. Deleting by name deletes the oldest one.
    DuplicateKeyNames,
    /// The names of deleted access keys stay taken.
    DeletedKeyNamesTaken,
    /// Secrets are shown when a key is created, and are absent from later responses.
    SecretsAbsentOnReads,
    /// As [`SecretsAbsentOnReads`](Self::SecretsAbsentOnReads), with `null` in the secret's place.
    SecretsNullOnReads,
    /// As [`SecretsAbsentOnReads`](Self::SecretsAbsentOnReads), with an empty text in the secret's place.
    SecretsEmptyOnReads,
    /// The account has no API for access keys: a 404 with an HTML page.
    NoAccessKeys,
    /// The account has no permissions system: a 404 with an HTML page.
    NoPermissions,
    /// A custom policy cannot be updated with the statement that it has, as the API description says.
    UnchangedStatementRefused,
    /// A cloud for an agent comes in the nested form, with its keys inside `product_environments`.
    NestedClouds,
    /// A taken email of an agent's account comes as `{"email":["has already been taken"]}` with a 409, without the
    /// usual `error`.
    BareAgentErrors,
    /// Agents get a 403, `agent_registration_disabled`.
    NoAgents,
}

impl Switch {
    /// The switches that follow the API description wherever live tests contradict it.
    pub const DOCUMENTED: [Self; 8] = [
        Self::PendingFalseIsEverybody,
        Self::IdsWithoutOtherFilters,
        Self::UsersAsDocumented,
        Self::DeletedGroupAsMessage,
        Self::AddedUserAlone,
        Self::EnvironmentsAsDocumented,
        Self::KeysAsDocumented,
        Self::UnchangedStatementRefused,
    ];
}
