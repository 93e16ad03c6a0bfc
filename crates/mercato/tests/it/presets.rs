//! Ready-made configurations are the examples of the documentation, all of them.

use mercato::configuration::PRESETS;

#[test]
fn every_example_of_the_documentation_is_a_preset() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/examples");
    let entries = std::fs::read_dir(folder).unwrap();
    let mut files: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    files.sort();
    assert_eq!(files, PRESETS.map(|preset| format!("{}.toml", preset.name)));
    for preset in PRESETS {
        assert!(preset.about().len() > 10, "{}", preset.name);
    }
}
