//! Every format is what it says, comes from the one SVG, and is the same each time.

use crate::common;

use gauss_sim_plots::{Error, FONT_FAMILY, Size, text_width};
use resvg::usvg::{self, Node};

#[test]
fn svg_parses_and_has_its_print_size() {
    for (name, drawing) in common::every_kind() {
        let tree = common::parse(drawing.svg());
        // An inch is 72 points and 96 pixels of SVG.
        let size = drawing.size();
        assert!((f64::from(tree.size().width()) - size.width / 72.0 * 96.0).abs() < 1e-2, "{name}");
        assert!(
            (f64::from(tree.size().height()) - size.height / 72.0 * 96.0).abs() < 1e-2,
            "{name}"
        );
        assert!(drawing.svg().contains(&format!("font-family=\"{FONT_FAMILY}")), "{name}");
    }
}

#[test]
fn svg_with_paths_has_no_text_left() {
    for (name, drawing) in common::every_kind() {
        let paths = drawing.svg_paths();
        assert!(!paths.contains("<text"), "{name}");
        let tree = usvg::Tree::from_str(&paths, &usvg::Options::default()).unwrap();
        assert_eq!(tree.size(), common::parse(drawing.svg()).size(), "{name}");
    }
}

#[test]
fn pdf_embeds_the_font_and_nothing_of_the_clock() {
    for (name, drawing) in common::every_kind() {
        let pdf = drawing.pdf().unwrap();
        assert!(pdf.starts_with(b"%PDF-"), "{name}");
        let has = |text: &str| pdf.windows(text.len()).any(|w| w == text.as_bytes());
        assert!(has("DejaVuSans") && has("/FontFile2"), "{name}");
        assert!(!has("CreationDate") && !has("ModDate"), "{name}");
        let size = drawing.size();
        assert!(has(&format!("/MediaBox[0 0 {} {}]", size.width, size.height)), "{name}");
    }
}

#[test]
fn png_has_the_size_asked_for_and_is_not_blank() {
    for (name, drawing) in common::every_kind() {
        let png = drawing.png(100.0).unwrap();
        let picture = resvg::tiny_skia::Pixmap::decode_png(&png).unwrap();
        let pixels = |points: f64| (points / 72.0 * 100.0).round() as u32;
        assert_eq!(picture.width(), pixels(drawing.size().width), "{name}");
        assert_eq!(picture.height(), pixels(drawing.size().height), "{name}");
        let dark = picture.pixels().iter().filter(|p| p.red() < 128).count();
        assert!(dark > 200, "{name}: {dark} dark pixels");
        assert!(picture.pixels().iter().all(|p| p.alpha() == 255), "{name}");
    }
}

#[test]
fn the_same_chart_gives_the_same_bytes() {
    for ((name, a), (_, b)) in common::every_kind().into_iter().zip(common::every_kind()) {
        assert_eq!(a.svg(), b.svg(), "{name}");
        assert_eq!(a.svg_paths(), b.svg_paths(), "{name}");
        assert_eq!(a.pdf().unwrap(), b.pdf().unwrap(), "{name}");
        assert_eq!(a.png(72.0).unwrap(), b.png(72.0).unwrap(), "{name}");
    }
}

#[test]
fn text_is_as_wide_as_it_is_measured() {
    // What is drawn must match what the layout reckons with, Greek and subscripts included.
    let chart = common::stages().title("Robust accuracy σ ε θ Φ ₀₁₂ ² ± − AVAWA");
    let drawing = chart.render(Size::TEXT_WIDTH).unwrap();
    let tree = common::parse(drawing.svg());
    let mut seen = 0;
    common::each_text(tree.root(), &mut |text| {
        let words: String = text.chunks().iter().map(|c| c.text().to_owned()).collect();
        // Both in the same units, so the drawing's own will do.
        let size = f64::from(text.chunks()[0].spans()[0].font_size().get());
        let drawn = f64::from(text.bounding_box().width());
        let measured = text_width(words.trim(), size);
        // The box is of the ink: side bearings are missing from it.
        assert!(
            (drawn - measured).abs() < 0.03 * measured + 0.3 * size,
            "{words}: {drawn} {measured}"
        );
        seen += 1;
    });
    assert!(seen > 15);
}

#[test]
fn every_character_has_a_glyph() {
    let chart = common::stages().title("σ ε θ Φ φ μ ν ₀₁₂ₙ ² ³ ⁻ ± − · × ≤ ≥ ∞ ½ … ° é ß");
    let tree = common::parse(chart.render(Size::TEXT_WIDTH).unwrap().svg());
    common::each_text(tree.root(), &mut |text| {
        for glyph in text.layouted().iter().flat_map(|span| &span.positioned_glyphs) {
            assert_ne!(glyph.id.0, 0, "no glyph for {}", glyph.text);
        }
    });
}

#[test]
fn impossible_resolutions_are_errors() {
    let drawing = common::stages().render(Size::COLUMN).unwrap();
    for dpi in [0.0, -1.0, f64::NAN, f64::INFINITY, 1e9] {
        assert!(matches!(drawing.png(dpi), Err(Error::BadResolution { .. })), "{dpi}");
    }
}

#[test]
fn nothing_sticks_out_of_the_page() {
    for (name, drawing) in common::every_kind() {
        let tree = common::parse(drawing.svg());
        let page = tree.size();
        common::each_text(tree.root(), &mut |text| {
            let b = text.abs_bounding_box();
            let inside = b.left() >= 0.0
                && b.top() >= 0.0
                && b.right() <= page.width()
                && b.bottom() <= page.height();
            let words: String = text.chunks().iter().map(|c| c.text().to_owned()).collect();
            assert!(inside, "{name}: {words} at {b:?} of {page:?}");
        });
    }
}

#[test]
fn texts_do_not_overlap() {
    for (name, drawing) in common::every_kind() {
        let tree = common::parse(drawing.svg());
        let mut boxes = Vec::new();
        common::each_text(tree.root(), &mut |text| boxes.push(text.abs_bounding_box()));
        for (i, a) in boxes.iter().enumerate() {
            for b in &boxes[i + 1..] {
                let apart = a.right() <= b.left()
                    || b.right() <= a.left()
                    || a.bottom() <= b.top()
                    || b.bottom() <= a.top();
                assert!(apart, "{name}: {a:?} and {b:?}");
            }
        }
        assert!(tree.root().children().iter().any(|n| !matches!(n, Node::Text(_))));
    }
}
