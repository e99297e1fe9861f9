//! Any requests to a fake account: see `cloudinary_provisioning_tests::fuzz::fake`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| cloudinary_provisioning_tests::fuzz::fake(data));
