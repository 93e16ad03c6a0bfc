#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| mercato_fuzz::targets::yaml(input));
