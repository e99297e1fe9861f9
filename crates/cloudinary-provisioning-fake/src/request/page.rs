//! Pages of a list, by number and by cursor.

use crate::request::fields::RequestFields;
use crate::response::answer::Failure;

/// The page size where a request has none.
const DEFAULT_PAGE_SIZE: usize = 100;

/// A page by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PageRange {
    pub(crate) skip: usize,
    pub(crate) take: usize,
}

impl PageRange {
    /// Reads `page` and `page_size`. Without both of them the list comes whole.
    pub(crate) fn of(fields: &RequestFields, cap: Option<usize>) -> Result<Option<Self>, Failure> {
        let (page, size) = (positive(fields, "page")?, positive(fields, "page_size")?);
        if page.is_none() && size.is_none() {
            return Ok(None);
        }
        let size = size.unwrap_or(DEFAULT_PAGE_SIZE);
        let take = cap.map_or(size, |cap| size.min(cap.max(1)));
        let skip = (page.unwrap_or(1) - 1).saturating_mul(take);
        Ok(Some(Self { skip, take }))
    }

    pub(crate) fn cut<T>(page: Option<Self>, items: impl Iterator<Item = T>) -> Vec<T> {
        match page {
            None => items.collect(),
            Some(page) => items.skip(page.skip).take(page.take).collect(),
        }
    }
}

fn positive(fields: &RequestFields, name: &str) -> Result<Option<usize>, Failure> {
    match fields.integer(name) {
        None => Ok(None),
        Some(number) if number > 0 => Ok(Some(usize::try_from(number).unwrap_or(usize::MAX))),
        Some(number) => Err(Failure::invalid(name, format!("must be a whole number from 1 on, not {number}"))),
    }
}

/// The part of a list that starts at `cursor`, and the cursor of the next part where there is one.
///
/// Without a cap everything comes at once. A cursor is the number of items before it, as text.
pub(crate) fn after_cursor<T>(
    items: impl Iterator<Item = T>,
    cursor: Option<&str>,
    cap: Option<usize>,
) -> Result<(Vec<T>, Option<String>), Failure> {
    let skip = match cursor {
        None => 0,
        Some(text) => text.parse().map_err(|_| Failure::invalid("cursor", format!("is not known: {text:?}")))?,
    };
    let mut rest = items.skip(skip);
    let take = cap.map_or(usize::MAX, |cap| cap.max(1));
    let part: Vec<_> = rest.by_ref().take(take).collect();
    let next = rest.next().map(|_| skip.saturating_add(part.len()).to_string());
    Ok((part, next))
}
