//! Inherent methods of every operation.

/// Gives a type `parse`, `parse_response`, `map` and `maybe` as inherent methods, so that the trait need not be imported.
macro_rules! inherent {
    ($name:ident $(<$generic:ident: $bound:path>)?) => {
        impl $(<$generic: $bound>)? $name $(<$generic>)? {
            /// Makes an operation of any kind of this one, whose result is mapped by a function; see
            /// [`AnyOperation`](crate::AnyOperation).
            pub fn map<U: Send + 'static>(
                self,
                map: impl Fn(<Self as $crate::Operation>::Output) -> U + Send + Sync + 'static,
            ) -> $crate::AnyOperation<U> {
                $crate::AnyOperation::new(self, map)
            }

            $crate::operation::inherent::maybe!();

            /// Reads the response; see [`Operation::parse`](crate::Operation::parse).
            ///
            /// # Errors
            ///
            /// Returns an error if the response is not a documented success. The error holds the response.
            pub fn parse<B: AsRef<[u8]>>(
                &self,
                response: &http::Response<B>,
            ) -> Result<<Self as $crate::Operation>::Output, $crate::Error> {
                $crate::Operation::parse(self, response)
            }

            /// Reads the response with its status, request id and rate limit; see
            /// [`Operation::parse_response`](crate::Operation::parse_response).
            ///
            /// # Errors
            ///
            /// Returns an error if the response is not a documented success. The error holds the response.
            pub fn parse_response<B: AsRef<[u8]>>(
                &self,
                response: &http::Response<B>,
            ) -> Result<$crate::Response<<Self as $crate::Operation>::Output>, $crate::Error> {
                $crate::Operation::parse_response(self, response)
            }
        }
    };
}

/// `maybe` as a method, for what has setters.
macro_rules! maybe {
    () => {
        /// Applies a setter to a value, and changes nothing for `None`.
        pub fn maybe<V>(self, value: Option<V>, set: impl FnOnce(Self, V) -> Self) -> Self {
            match value {
                Some(value) => set(self, value),
                None => self,
            }
        }
    };
}

pub(crate) use {inherent, maybe};
