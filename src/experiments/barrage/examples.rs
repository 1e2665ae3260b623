//! The example pools of `examples/pools`, embedded so that the installed program has them.

/// The name and text of each.
pub const EXAMPLES: [(&str, &str); 2] = [
    ("bart", include_str!("../../../examples/pools/bart.toml")),
    ("skewed", include_str!("../../../examples/pools/skewed.toml")),
];

/// Returns the text of the example with this name.
#[must_use]
pub fn text_of(name: &str) -> Option<&'static str> {
    EXAMPLES.iter().find(|(example, _)| *example == name).map(|(_, text)| *text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_example_is_a_pool_with_a_title() {
        for (name, text) in EXAMPLES {
            let named = crate::experiments::barrage::file::parse(text);
            assert!(named.unwrap_or_else(|e| panic!("{name}: {e}")).title.is_some(), "{name}");
        }
    }
}
