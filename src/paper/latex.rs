//! Figures for LaTeX: one environment each, with caption and label.

use super::Sheet;

/// Characters that LaTeX has no letter for, and those that it reads as commands, with their replacements.
const REPLACED: [(&str, &str); 57] = [
    // Variables that are words of their own.
    (" x ", " $x$ "),
    (" y ", " $y$ "),
    (" k ", " $k$ "),
    (" n ", " $n$ "),
    (" n,", " $n$,"),
    ("(x)", "($x$)"),
    ("(x ", "($x$ "),
    ("−y·ε", "$-y\\varepsilon$"),
    ("−y·eps", "$-y\\varepsilon$"),
    ("y·μ", "$y\\mu$"),
    ("y·", "$y\\,$"),
    ("\\", "\\textbackslash{}"),
    ("&", "\\&"),
    ("%", "\\%"),
    ("_", "\\_"),
    ("#", "\\#"),
    ("$", "\\$"),
    ("^(−1/2)", "$^{-1/2}$"),
    ("^", "\\^{}"),
    ("|simulation − theory|", "$|$simulation $-$ theory$|$"),
    ("√(2p(1 − p)/(πN))", "$\\sqrt{2p(1-p)/(\\pi N)}$"),
    ("√(p(1 − p)/N)", "$\\sqrt{p(1-p)/N}$"),
    ("σ·Φ⁻¹(α^(1/n))", "$\\sigma\\,\\Phi^{-1}(\\alpha^{1/n})$"),
    ("n₀", "$n_0$"),
    ("τ²‖w‖", "$\\tau^2\\|w\\|$"),
    ("τ", "$\\tau$"),
    ("α", "$\\alpha$"),
    ("‖", "$\\|$"),
    ("σ²", "$\\sigma^2$"),
    ("σ", "$\\sigma$"),
    ("ε", "$\\varepsilon$"),
    ("θ", "$\\theta$"),
    ("μ", "$\\mu$"),
    ("ν", "$\\nu$"),
    ("π", "$\\pi$"),
    ("ℓ2", "$\\ell_2$"),
    ("ℓ∞", "$\\ell_\\infty$"),
    ("ℓ", "$\\ell$"),
    ("∞", "$\\infty$"),
    ("±", "$\\pm$"),
    ("−", "$-$"),
    ("–", "--"),
    ("·", "$\\cdot$"),
    ("×", "$\\times$"),
    ("½", "$\\frac{1}{2}$"),
    ("√", "$\\surd$"),
    ("∝", "$\\propto$"),
    ("≤", "$\\le$"),
    ("≥", "$\\ge$"),
    ("²", "$^2$"),
    ("<", "$<$"),
    (">", "$>$"),
    ("~", "$\\sim$"),
    ("…", "\\ldots{}"),
    ("’", "'"),
    ("“", "``"),
    ("”", "''"),
];

/// Escapes a text for LaTeX.
#[must_use]
pub fn escape(text: &str) -> String {
    let mut rest = text;
    let mut escaped = String::with_capacity(text.len());
    while let Some(first) = rest.chars().next() {
        match REPLACED.iter().find(|(from, _)| rest.starts_with(from)) {
            Some((from, to)) => {
                escaped += to;
                rest = &rest[from.len()..];
            }
            None => {
                escaped.push(first);
                rest = &rest[first.len_utf8()..];
            }
        }
    }
    escaped
}

/// Returns a file for \input, with an environment for each figure. `width` is that of the figures, in points of 1/72
/// inch.
#[must_use]
pub fn figures(sheets: &[Sheet], width: f64) -> String {
    let mut text = String::from(
        "% Made by gauss-sim figures --latex; needs \\usepackage{graphicx}, and \\graphicspath{{DIR/}} where this\n\
         % file is not beside the document. What all captions need is said once, at the end.\n",
    );
    let mut definitions: Vec<&str> = Vec::new();
    for sheet in sheets {
        let caption = &sheet.caption;
        for paragraph in caption.text.iter().skip(1) {
            for sentence in paragraph.split_inclusive(". ").map(str::trim) {
                if !definitions.contains(&sentence) {
                    definitions.push(sentence);
                }
            }
        }
        text += &format!(
            "\n\\begin{{figure}}[t]\n  \\centering\n  \\includegraphics[width={width}bp]{{{name}}}\n  \
             \\caption{{\\textbf{{{title}.}} {caption}}}\n  \\label{{fig:{name}}}\n\\end{{figure}}\n",
            name = sheet.name,
            title = escape(caption.title),
            caption = escape(caption.text.first().map_or("", String::as_str)),
        );
    }
    if !definitions.is_empty() {
        text += &format!("\n\\paragraph{{Definitions.}} {}\n", escape(&definitions.join(" ")));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_and_symbols_are_escaped() {
        assert_eq!(
            escape("50 % of a_b & σ² ≥ ½"),
            "50 \\% of a\\_b \\& $\\sigma^2$ $\\ge$ $\\frac{1}{2}$"
        );
        assert_eq!(
            escape("mean y·μ, sgn(x), x − ε, −y·ε, ℓ∞"),
            "mean $y\\mu$, sgn($x$), $x$ $-$ $\\varepsilon$, $-y\\varepsilon$, $\\ell_\\infty$"
        );
        assert_eq!(escape("{\\x}"), "{\\textbackslash{}x}");
    }
}
