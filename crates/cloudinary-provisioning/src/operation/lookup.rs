//! Building a [`Lookup`], as each create does beside its declaration.

use time::OffsetDateTime;

use crate::operation::any::{Candidate, Erased, Found, Lookup, LostSecret};
use crate::operation::operation::Operation;
use crate::outcome::cursor_page::CursorPage;
use crate::wire::build_error::{BuildError, BuildReason};

impl<T: Send + 'static> Lookup<T> {
    /// Looks up with one list, of whose items `candidates` returns those with the create's natural key.
    pub(crate) fn new<O: Operation + 'static>(
        operation: O,
        candidates: impl Fn(O::Output) -> Vec<Candidate<T>> + Send + Sync + 'static,
    ) -> Self {
        let found = move |output| Found { candidates: candidates(output), next: None };
        Self { operation: Erased::new(operation, found), needs_before: false, is_unique: false }
    }

    /// Looks up with a list that has a cursor.
    pub(crate) fn by_cursor<I, O>(
        operation: O,
        at: fn(O, &str) -> O,
        candidate: impl Fn(I) -> Option<Candidate<T>> + Clone + Send + Sync + 'static,
    ) -> Self
    where
        O: Operation<Output = CursorPage<I>> + Clone + 'static,
    {
        Self { operation: page(operation, at, candidate), needs_before: false, is_unique: false }
    }

    /// The service refuses a second resource with the same natural key.
    pub(crate) fn unique(self) -> Self {
        Self { is_unique: true, ..self }
    }

    /// Existing resources have to be recorded first.
    pub(crate) fn looking_before(self) -> Self {
        Self { needs_before: true, ..self }
    }
}

fn page<T, I, O>(
    operation: O,
    at: fn(O, &str) -> O,
    candidate: impl Fn(I) -> Option<Candidate<T>> + Clone + Send + Sync + 'static,
) -> Erased<Found<T>>
where
    T: Send + 'static,
    O: Operation<Output = CursorPage<I>> + Clone + 'static,
{
    Erased::new(operation.clone(), move |found: CursorPage<I>| {
        let cursor = found.next_cursor.filter(|cursor| !cursor.is_empty());
        let next = cursor.map(|cursor| page(at(operation.clone(), &cursor), at, candidate.clone()));
        Found { candidates: found.items.into_iter().filter_map(&candidate).collect(), next }
    })
}

impl<T> Candidate<T> {
    pub(crate) fn new(id: String, created_at: Option<OffsetDateTime>, agrees: bool, value: T) -> Self {
        Self { id, created_at, agrees, value, lost_secret: None }
    }

    pub(crate) fn without_secret(self, sub_account_id: &str, api_key: Option<&str>) -> Self {
        let lost = LostSecret { sub_account_id: sub_account_id.to_owned(), api_key: api_key.map(str::to_owned) };
        Self { lost_secret: Some(lost), ..self }
    }
}

/// The natural key of a create, or an error that names its field.
pub(crate) fn key<'k, T: ?Sized>(field: &'static str, value: Option<&'k T>) -> Result<&'k T, BuildError> {
    value.ok_or_else(|| BuildError::new(field, BuildReason::Needed { condition: "a lost response is to be recovered" }))
}

/// Whether a field has the value that was asked for. A field that is not set, or absent from the response, agrees.
pub(crate) fn agrees<T: PartialEq<U> + ?Sized, U: ?Sized>(asked: Option<&T>, shown: Option<&U>) -> bool {
    asked.zip(shown).is_none_or(|(asked, shown)| asked == shown)
}
