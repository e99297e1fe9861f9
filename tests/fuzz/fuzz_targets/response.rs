//! Any response to any operation: see `cloudinary_provisioning_tests::fuzz::response`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| cloudinary_provisioning_tests::fuzz::response(data));
