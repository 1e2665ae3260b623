//! Figures for LaTeX: one environment each, with caption and label.

use super::Sheet;
use super::caption::definitions;

/// Characters that LaTeX has no letter for, and those that it reads as commands, with their replacements.
const REPLACED: [(&str, &str); 51] = [
    ("−y·ε", "$-y\\varepsilon$"),
    ("−y·eps", "$-y\\varepsilon$"),
    ("y·μ", "$y\\mu$"),
    ("y·", "$y\\,$"),
    ("\\", "\\textbackslash{}"),
    ("&", "\\&"),
    ("%", "\\%"),
    ("_", "\\_"),
    ("#", "\\#"),
    ("$", "\\textdollar{}"),
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
    ("√n", "$\\sqrt{n}$"),
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

/// Letters that are variables where they are words of their own.
const VARIABLES: [char; 9] = ['x', 'y', 'k', 'n', 'N', 'm', 'p', 'r', 'T'];

/// Escapes a text for LaTeX, with its variables, and the equations around them, in math.
#[must_use]
pub fn escape(text: &str) -> String {
    let mut rest = text;
    let mut escaped = String::with_capacity(text.len());
    let mut before = ' ';
    while let Some(first) = rest.chars().next() {
        let taken = match REPLACED.iter().find(|(from, _)| rest.starts_with(from)) {
            Some((from, to)) => {
                escaped += to;
                from.len()
            }
            None => {
                let taken = in_math(before, rest, &escaped);
                match taken {
                    0 => escaped.push(first),
                    _ => escaped += &format!("${}$", &rest[..taken]),
                }
                taken.max(first.len_utf8())
            }
        };
        before = rest[..taken].chars().next_back().unwrap_or(before);
        rest = &rest[taken..];
    }
    // Neighbours are one formula, so that the spaces are those of math.
    escaped.replace("$$", " ").replace("$ $", " ")
}

/// Returns how many bytes of `rest` are to be set in math: a variable, a sign between spaces, or the number after one.
fn in_math(before: char, rest: &str, escaped: &str) -> usize {
    let mut chars = rest.chars();
    let first = chars.next().unwrap_or(' ');
    let after = chars.next().unwrap_or(' ');
    let joins = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '\'' | '’');
    let dimension = first == 'd' && (rest.starts_with("d dim") || rest.starts_with("d ="));
    if (VARIABLES.contains(&first) || dimension) && !joins(before) && !joins(after) {
        return 1;
    }
    if matches!(first, '=' | '+') && before == ' ' && after == ' ' {
        return 1;
    }
    let sign = ["$=$ ", "$-$ ", "$+$ "].iter().any(|sign| escaped.ends_with(sign));
    if sign && first.is_ascii_digit() {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        let follows = rest[end..].chars().next().unwrap_or(' ');
        let number = rest[..end].trim_end_matches('.').len();
        return if joins(follows) { 0 } else { number };
    }
    0
}

/// Returns a file for \input, with an environment for each figure, above it the command that makes it again. `width`
/// is that of the figures, in points of 1/72 inch.
#[must_use]
pub fn figures(sheets: &[Sheet], commands: &[String], width: f64) -> String {
    let mut text = String::from(
        "% Made by gauss-sim figures --latex; needs \\usepackage{graphicx}, and \\graphicspath{{DIR/}} where this\n\
         % file is not beside the document. What all captions need is said once, at the end.\n",
    );
    for (sheet, command) in sheets.iter().zip(commands) {
        let caption = &sheet.caption;
        text += &format!(
            "\n% {command}\n\\begin{{figure}}[t]\n  \\centering\n  \\includegraphics[width={width}bp]{{{name}}}\n  \
             \\caption{{\\textbf{{{title}.}} {caption}}}\n  \\label{{fig:{name}}}\n\\end{{figure}}\n",
            name = sheet.name,
            title = escape(caption.title),
            caption = escape(caption.short()),
        );
    }
    let definitions = definitions(sheets);
    if !definitions.is_empty() {
        let paragraphs: Vec<String> = definitions.iter().map(|text| escape(text)).collect();
        text += &format!("\n\\paragraph{{Definitions.}} {}\n", paragraphs.join("\n\n"));
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
            "50 \\% of a\\_b \\& $\\sigma^2 \\ge \\frac{1}{2}$"
        );
        assert_eq!(
            escape("mean y·μ, sgn(x), x − ε, −y·ε, ℓ∞"),
            "mean $y\\mu$, sgn($x$), $x - \\varepsilon$, $-y\\varepsilon$, $\\ell_\\infty$"
        );
        assert_eq!(
            escape("(d) x, k in sgn(x + θ − k), y at σ = 0.5, N = k·m, n-th of max_x"),
            "(d) $x$, $k$ in sgn($x + \\theta - k$), $y$ at $\\sigma = 0.5$, $N = k \\cdot m$, n-th of max\\_x"
        );
        assert_eq!(escape("μ = ν = shift = 1."), "$\\mu = \\nu =$ shift $= 1$.");
        assert_eq!(escape("in d dimensions, 5²"), "in $d$ dimensions, 5$^2$");
        assert_eq!(escape("{\\relax}"), "{\\textbackslash{}relax}");
    }
}
