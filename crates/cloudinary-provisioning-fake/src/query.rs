//! The parameters of the list operation, as the vendor's several clients write them.

use time::Date;

use crate::clock::parse_date;
use crate::path::decode;
use crate::reply::Failure;

/// As many ids or emails as one request may ask for.
const MOST: usize = 100;

/// The page size of who asks for a page without saying how long.
const DEFAULT_PAGE_SIZE: usize = 100;

#[derive(Debug)]
pub(crate) enum ListQuery {
    Ids(Vec<String>),
    Emails(Vec<String>),
    Matching(Box<Filter>, Option<Sort>, Option<Page>),
}

#[derive(Debug, Default)]
pub(crate) struct Filter {
    pub(crate) pending_only: bool,
    pub(crate) status: Option<Status>,
    pub(crate) prefix: Option<String>,
    pub(crate) sub_account_id: Option<String>,
    pub(crate) login: Option<Login>,
}

impl Filter {
    pub(crate) fn takes_everybody(&self) -> bool {
        let Self { pending_only, status, prefix, sub_account_id, login } = self;
        let text = prefix.is_some() || sub_account_id.is_some();
        !(*pending_only || status.is_some() || text || login.is_some())
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    Pending,
    Active,
    Disabled,
}

/// Logins within the dates, or everybody else.
#[derive(Debug)]
pub(crate) struct Login {
    pub(crate) from: Option<Date>,
    pub(crate) to: Option<Date>,
    pub(crate) others: bool,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Sort {
    pub(crate) by: SortBy,
    pub(crate) descending: bool,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum SortBy {
    Name,
    Role,
    Status,
    Activity,
    CreatedAt,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Page {
    pub(crate) skip: usize,
    pub(crate) take: usize,
}

impl ListQuery {
    pub(crate) fn parse(query: &str, page_cap: Option<usize>) -> Result<Self, Failure> {
        let pairs = Pairs::parse(query);
        // Ids come before emails, and either of them before everything else, which is then not
        // even looked at.
        if let Some(ids) = pairs.list("ids")? {
            return Ok(Self::Ids(ids));
        }
        if let Some(emails) = pairs.list("emails")? {
            return Ok(Self::Emails(emails));
        }
        let filter = Filter {
            pending_only: pairs.boolean("pending")?.unwrap_or(false),
            status: pairs.choice(
                "status",
                &[("pending", Status::Pending), ("active", Status::Active), ("disabled", Status::Disabled)],
            )?,
            // Character by character, as it is compared.
            prefix: pairs.last("prefix").map(|prefix| prefix.chars().flat_map(char::to_lowercase).collect()),
            sub_account_id: pairs.last("sub_account_id").map(str::to_owned),
            login: pairs.login()?,
        };
        Ok(Self::Matching(Box::new(filter), pairs.sort()?, pairs.page(page_cap)?))
    }
}

struct Pairs(Vec<Pair>);

struct Pair {
    name: String,
    bracketed: bool,
    value: String,
}

impl Pairs {
    fn parse(query: &str) -> Self {
        let pair = |piece: &str| {
            let (name, value) = piece.split_once('=').unwrap_or((piece, ""));
            let name = decode(name, true);
            let plain = name.strip_suffix(']').and_then(|name| name.split_once('['));
            Pair {
                bracketed: plain.is_some(),
                name: plain.map_or(name.as_str(), |(plain, _)| plain).to_owned(),
                value: decode(value, true),
            }
        };
        Self(query.split('&').filter(|piece| !piece.is_empty()).map(pair).collect())
    }

    fn named(&self, name: &str) -> impl DoubleEndedIterator<Item = &Pair> {
        self.0.iter().filter(move |pair| pair.name == name)
    }

    fn last(&self, name: &str) -> Option<&str> {
        self.named(name).next_back().map(|pair| pair.value.as_str())
    }

    /// `a=1&a=2`, `a[]=1&a[]=2` or `a=1,2`. A list of nothing is as if it were not there.
    fn list(&self, name: &str) -> Result<Option<Vec<String>>, Failure> {
        let pairs: Vec<_> = self.named(name).collect();
        let values: Vec<String> = match pairs.as_slice() {
            [only] if !only.bracketed => only.value.split(',').map(str::to_owned).collect(),
            _ => pairs.iter().map(|pair| pair.value.clone()).collect(),
        };
        let values: Vec<_> = values.into_iter().filter(|value| !value.is_empty()).collect();
        if values.len() > MOST {
            let count = values.len();
            return Err(Failure::bad_request(format!("{name} takes up to {MOST} values, not {count}")));
        }
        Ok((!values.is_empty()).then_some(values))
    }

    fn boolean(&self, name: &str) -> Result<Option<bool>, Failure> {
        self.choice(name, &[("true", true), ("false", false)])
    }

    fn choice<T: Copy>(&self, name: &str, choices: &[(&str, T)]) -> Result<Option<T>, Failure> {
        let Some(value) = self.last(name) else {
            return Ok(None);
        };
        if let Some((_, choice)) = choices.iter().find(|(known, _)| *known == value) {
            return Ok(Some(*choice));
        }
        let known: Vec<_> = choices.iter().map(|(known, _)| *known).collect();
        let known = known.join(", ");
        Err(Failure::bad_request(format!("{name} must be one of {known}, not {value:?}")))
    }

    fn date(&self, name: &str) -> Result<Option<Date>, Failure> {
        let Some(value) = self.last(name) else {
            return Ok(None);
        };
        match parse_date(value) {
            Some(date) => Ok(Some(date)),
            None => Err(Failure::bad_request(format!("{name} must be a date like 2026-01-31, not {value:?}"))),
        }
    }

    fn login(&self) -> Result<Option<Login>, Failure> {
        let asked = self.boolean("last_login")?;
        let (from, to) = (self.date("from")?, self.date("to")?);
        let exclude = self.choice("union_type", &[("include", false), ("exclude", true)])?.unwrap_or(false);
        Ok(asked.map(|within| Login { from, to, others: exclude || !within }))
    }

    fn sort(&self) -> Result<Option<Sort>, Failure> {
        let by = self.choice(
            "sort_by",
            &[
                ("name", SortBy::Name),
                ("role", SortBy::Role),
                ("status", SortBy::Status),
                ("activity", SortBy::Activity),
                ("created_at", SortBy::CreatedAt),
            ],
        )?;
        let descending = self.choice("sort_order", &[("desc", true), ("asc", false)])?;
        Ok((by.is_some() || descending.is_some())
            .then_some(Sort { by: by.unwrap_or(SortBy::CreatedAt), descending: descending.unwrap_or(true) }))
    }

    fn number(&self, name: &str) -> Result<Option<usize>, Failure> {
        let Some(value) = self.last(name) else {
            return Ok(None);
        };
        let digits = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
        // A number too long for the type is still a number: far beyond the last page.
        let number = value.parse().unwrap_or(if digits { usize::MAX } else { 0 });
        if !digits || number == 0 {
            return Err(Failure::bad_request(format!("{name} must be a whole number from 1 on, not {value:?}")));
        }
        Ok(Some(number))
    }

    fn page(&self, cap: Option<usize>) -> Result<Option<Page>, Failure> {
        let (page, size) = (self.number("page")?, self.number("page_size")?);
        if page.is_none() && size.is_none() {
            return Ok(None);
        }
        let size = size.unwrap_or(DEFAULT_PAGE_SIZE);
        let take = cap.map_or(size, |cap| size.min(cap.max(1)));
        let skip = (page.unwrap_or(1) - 1).saturating_mul(take);
        Ok(Some(Page { skip, take }))
    }
}

#[cfg(test)]
mod tests {
    use http::StatusCode;

    use super::*;

    fn ids(query: &str) -> Vec<String> {
        match ListQuery::parse(query, None) {
            Ok(ListQuery::Ids(ids)) => ids,
            other => panic!("{query}: {other:?}"),
        }
    }

    #[test]
    fn a_list_is_read_in_every_form_the_clients_write() {
        for query in
            ["ids=a&ids=b", "ids[]=a&ids[]=b", "ids%5B%5D=a&ids%5B%5D=b", "ids[0]=a&ids[1]=b", "ids=a,b", "ids=a%2Cb"]
        {
            assert_eq!(ids(query), ["a", "b"], "{query}");
        }
    }

    #[test]
    fn a_repeated_value_is_not_split_at_its_commas() {
        assert_eq!(ids("ids=a,b&ids=c"), ["a,b", "c"]);
        assert_eq!(ids("ids[]=a,b"), ["a,b"]);
    }

    #[test]
    fn a_plus_is_a_space_and_an_encoded_plus_is_a_plus() {
        assert_eq!(ids("ids[]=a+b%2B"), ["a b+"]);
    }

    #[test]
    fn an_empty_list_is_no_list() {
        assert!(matches!(ListQuery::parse("ids=&emails[]=", None), Ok(ListQuery::Matching(..))));
    }

    #[test]
    fn every_mistake_names_its_parameter() {
        let many = format!("ids={}", vec!["x"; 101].join(","));
        for (query, name) in [
            ("pending=1", "pending"),
            ("pending=", "pending"),
            ("status=gone", "status"),
            ("last_login=True", "last_login"),
            ("from=yesterday", "from"),
            ("to=2023-02-30", "to"),
            ("union_type=x", "union_type"),
            ("sort_by=email", "sort_by"),
            ("sort_order=up", "sort_order"),
            ("page=0", "page"),
            ("page=-1", "page"),
            ("page=one", "page"),
            ("page=", "page"),
            ("page_size=0", "page_size"),
            (&many, "ids"),
            (&many.replace("ids", "emails"), "emails"),
        ] {
            let failure = ListQuery::parse(query, None).unwrap_err();
            assert_eq!(failure.status, StatusCode::BAD_REQUEST);
            assert!(failure.message.starts_with(&format!("{name} ")), "{}", failure.message);
        }
    }

    #[test]
    fn pages_start_at_one_and_saturate() {
        let page = |query, cap| match ListQuery::parse(query, cap) {
            Ok(ListQuery::Matching(_, _, page)) => page.map(|page| (page.skip, page.take)),
            other => panic!("{other:?}"),
        };
        assert_eq!(page("", Some(10)), None);
        assert_eq!(page("page=1", None), Some((0, 100)));
        assert_eq!(page("page_size=7", None), Some((0, 7)));
        assert_eq!(page("page=3&page_size=50", Some(20)), Some((40, 20)));
        let far = "page=99999999999999999999999&page_size=2";
        assert_eq!(page(far, None), Some((usize::MAX, 2)));
    }
}
