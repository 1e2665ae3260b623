//! The example tasks of `examples/tasks`, embedded so that the installed program has them.

/// The name and text of each example that needs no other file.
pub const EXAMPLES: [(&str, &str); 4] = [
    ("isotropic", include_str!("../../../examples/tasks/isotropic.toml")),
    ("max_norm", include_str!("../../../examples/tasks/max_norm.toml")),
    ("proportional", include_str!("../../../examples/tasks/proportional.toml")),
    ("one_dimension", include_str!("../../../examples/tasks/one_dimension.toml")),
];

/// Returns the text of the example with this name.
#[must_use]
pub fn text_of(name: &str) -> Option<&'static str> {
    EXAMPLES.iter().find(|(example, _)| *example == name).map(|(_, text)| *text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn every_example_is_a_task_with_a_title() {
        for (name, text) in EXAMPLES {
            let problem = crate::experiments::linear::file::parse(text, Path::new(""));
            assert!(problem.unwrap_or_else(|e| panic!("{name}: {e}")).title.is_some(), "{name}");
        }
    }
}
