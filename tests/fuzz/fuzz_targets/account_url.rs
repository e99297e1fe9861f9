//! Any account URL, variables and origin: see `cloudinary_provisioning_tests::fuzz::account_url`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| cloudinary_provisioning_tests::fuzz::account_url(data));
