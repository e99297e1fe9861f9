//! Scalars: in their documented form, and in those that the vendor's SDKs also read.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserializer, Error, Unexpected, Visitor};
use time::{Date, OffsetDateTime};

use crate::wire::json_path::JsonPath;
use crate::wire::kind::{Kind, Typed};
use crate::wire::read::Read;
use crate::wire::secret::Secret;
use crate::wire::timestamp;

/// The result of reading one JSON form of a scalar.
pub(crate) enum Parsed<T> {
    /// This value.
    Value(T),
    /// It counts as null.
    Null,
    /// It is not such a value.
    Not,
}

impl<T> From<Option<T>> for Parsed<T> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Not, Self::Value)
    }
}

/// A scalar, by the forms that it is read from.
pub(crate) trait Scalar: Sized {
    const EXPECTED: &'static str;

    fn from_text(text: &str) -> Parsed<Self>;

    fn from_bool(_: bool) -> Parsed<Self> {
        Parsed::Not
    }

    fn from_integer(_: i64) -> Parsed<Self> {
        Parsed::Not
    }

    /// Reads a number that is not negative.
    fn from_unsigned(value: u64) -> Parsed<Self> {
        i64::try_from(value).map_or(Parsed::Not, Self::from_integer)
    }

    /// Reads a number with a fraction or an exponent.
    fn from_number(_: f64) -> Parsed<Self> {
        Parsed::Not
    }
}

pub(crate) fn read_scalar<'de, T: Scalar, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    deserializer.deserialize_any(ScalarVisitor(PhantomData))
}

struct ScalarVisitor<T>(PhantomData<T>);

fn parsed<T: Scalar, E: Error>(parsed: Parsed<T>, found: Unexpected<'_>) -> Result<Option<T>, E> {
    match parsed {
        Parsed::Value(value) => Ok(Some(value)),
        Parsed::Null => Ok(None),
        Parsed::Not => Err(E::invalid_type(found, &T::EXPECTED)),
    }
}

impl<T: Scalar> Visitor<'_> for ScalarVisitor<T> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(T::EXPECTED)
    }

    fn visit_unit<E: Error>(self) -> Result<Option<T>, E> {
        Ok(None)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Option<T>, E> {
        parsed(T::from_bool(value), Unexpected::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Option<T>, E> {
        parsed(T::from_integer(value), Unexpected::Signed(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Option<T>, E> {
        parsed(T::from_unsigned(value), Unexpected::Unsigned(value))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Option<T>, E> {
        parsed(T::from_number(value), Unexpected::Float(value))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Option<T>, E> {
        parsed(T::from_text(value), Unexpected::Str(value))
    }
}

impl Scalar for String {
    const EXPECTED: &'static str = "a string";

    fn from_text(text: &str) -> Parsed<Self> {
        Parsed::Value(text.to_owned())
    }
}

impl Scalar for Secret {
    const EXPECTED: &'static str = "a string";

    fn from_text(text: &str) -> Parsed<Self> {
        Parsed::Value(Self::new(text))
    }
}

impl Scalar for bool {
    const EXPECTED: &'static str = "a boolean";

    fn from_bool(value: bool) -> Parsed<Self> {
        Parsed::Value(value)
    }

    fn from_text(text: &str) -> Parsed<Self> {
        match text {
            "true" | "True" | "1" => Parsed::Value(true),
            "false" | "False" | "0" => Parsed::Value(false),
            _ => Parsed::Not,
        }
    }

    fn from_integer(value: i64) -> Parsed<Self> {
        match value {
            0 => Parsed::Value(false),
            1 => Parsed::Value(true),
            _ => Parsed::Not,
        }
    }
}

impl Scalar for u64 {
    const EXPECTED: &'static str = "a whole number";

    fn from_integer(value: i64) -> Parsed<Self> {
        Self::try_from(value).ok().into()
    }

    fn from_unsigned(value: u64) -> Parsed<Self> {
        Parsed::Value(value)
    }

    fn from_number(value: f64) -> Parsed<Self> {
        // Beyond 2^53, a number with a fraction or an exponent can stand for several whole numbers.
        let whole = value.fract() == 0.0 && (0.0..=9_007_199_254_740_992.0).contains(&value);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked in the line above")]
        whole.then_some(value as Self).into()
    }

    fn from_text(text: &str) -> Parsed<Self> {
        text.parse().ok().into()
    }
}

impl Scalar for f64 {
    const EXPECTED: &'static str = "a number";

    #[expect(clippy::cast_precision_loss, reason = "as every JSON reader does")]
    fn from_integer(value: i64) -> Parsed<Self> {
        Parsed::Value(value as Self)
    }

    #[expect(clippy::cast_precision_loss, reason = "as every JSON reader does")]
    fn from_unsigned(value: u64) -> Parsed<Self> {
        Parsed::Value(value as Self)
    }

    fn from_number(value: f64) -> Parsed<Self> {
        Parsed::Value(value)
    }

    fn from_text(text: &str) -> Parsed<Self> {
        text.parse().ok().filter(|number: &Self| number.is_finite()).into()
    }
}

impl Scalar for OffsetDateTime {
    const EXPECTED: &'static str = "a time (2026-01-31T08:00:00Z), a date (2026-01-31) or seconds since 1970";

    fn from_text(text: &str) -> Parsed<Self> {
        if text.is_empty() { Parsed::Null } else { timestamp::parse(text).into() }
    }

    fn from_integer(value: i64) -> Parsed<Self> {
        Self::from_unix_timestamp(value).ok().into()
    }

    fn from_number(value: f64) -> Parsed<Self> {
        timestamp::from_seconds(value).into()
    }
}

impl Scalar for Date {
    const EXPECTED: &'static str = "a date (2026-01-31)";

    fn from_text(text: &str) -> Parsed<Self> {
        if text.is_empty() { Parsed::Null } else { timestamp::parse(text).map(OffsetDateTime::date).into() }
    }
}

/// `type: kind, how it is serialized;`
macro_rules! scalars {
    ($($type:ty: $kind:ident, $write:expr;)+) => {$(
        impl Typed for $type {
            const KIND: Kind = Kind::$kind;
        }

        impl Read for $type {
            const EXPECTED: &'static str = <Self as Scalar>::EXPECTED;

            fn read<'de, D: Deserializer<'de>>(deserializer: D, _: &mut JsonPath) -> Result<Option<Self>, D::Error> {
                read_scalar(deserializer)
            }

            #[cfg(feature = "serialize")]
            fn write<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let write: fn(&Self, S) -> Result<S::Ok, S::Error> = $write;
                write(self, serializer)
            }
        }
    )+};
}

scalars! {
    String: Text, serde::Serialize::serialize;
    bool: Boolean, serde::Serialize::serialize;
    u64: Integer, serde::Serialize::serialize;
    f64: Number, serde::Serialize::serialize;
    Secret: Secret, serde::Serialize::serialize;
    OffsetDateTime: Time, timestamp::serialize;
    Date: Date, timestamp::serialize_date;
}
