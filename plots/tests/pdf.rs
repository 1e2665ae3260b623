//! The PDF shows what the SVG does: the same words, colours and opacities.

use std::collections::{BTreeMap, BTreeSet};

use crate::common;
use gauss_sim_plots::{
    Axis, Band, Chart, Hatch, Legend, Line, Reference, Region, Size, Style, Theme,
};
use resvg::usvg::{self, Node, Paint};

/// A PDF as its reader sees it.
struct Pdf {
    /// The objects without their streams.
    objects: String,
    content: String,
    /// What each glyph of the subset means.
    meanings: BTreeMap<u16, String>,
}

impl Pdf {
    fn read(bytes: &[u8]) -> Self {
        let find = |from: usize, what: &[u8]| {
            bytes[from..].windows(what.len()).position(|w| w == what).map(|at| from + at)
        };
        let (mut objects, mut streams, mut from) = (String::new(), Vec::new(), 0);
        while let Some(start) = find(from, b"\nstream\n") {
            let end = find(start, b"\nendstream").unwrap();
            objects += &String::from_utf8_lossy(&bytes[from..start]);
            streams.push(&bytes[start + b"\nstream\n".len()..end]);
            from = end + b"\nendstream".len();
        }
        objects += &String::from_utf8_lossy(&bytes[from..]);
        let mut texts: Vec<String> = streams
            .into_iter()
            .filter_map(|s| {
                String::from_utf8(miniz_oxide::inflate::decompress_to_vec_zlib(s).unwrap()).ok()
            })
            .collect();
        let cmap = texts.iter().position(|text| text.contains("beginbfchar"));
        let cmap = cmap.map(|at| texts.remove(at)).unwrap_or_default();
        let meaning = |line: &str| {
            let (glyph, text) = line.strip_prefix('<')?.strip_suffix('>')?.split_once("> <")?;
            let units: Vec<u16> = (0..text.len() / 4)
                .map(|i| u16::from_str_radix(&text[4 * i..4 * i + 4], 16).unwrap())
                .collect();
            Some((u16::from_str_radix(glyph, 16).ok()?, String::from_utf16(&units).unwrap()))
        };
        let (_, mappings) = cmap.split_once("beginbfchar\n").unwrap_or_default();
        let meanings = mappings.lines().filter_map(meaning).collect();
        assert_eq!(texts.len(), 1, "one content");
        Self { objects, content: texts.remove(0), meanings }
    }

    /// The text of each text object.
    fn texts(&self) -> Vec<String> {
        let blocks = self.content.split("BT\n").skip(1);
        let block = |block: &str| {
            let glyphs: Vec<u8> = strings(block.split_once("\nET").unwrap().0);
            let glyph = |pair: &[u8]| &*self.meanings[&u16::from_be_bytes([pair[0], pair[1]])];
            glyphs.chunks(2).map(glyph).collect()
        };
        blocks.map(block).collect()
    }

    /// The operands of an operator, wherever it stands.
    fn operands(&self, operator: &str) -> Vec<Vec<f64>> {
        let ending = format!(" {operator}");
        self.content
            .lines()
            .filter_map(|line| line.strip_suffix(&ending))
            .map(|operands| operands.split(' ').map(|v| v.parse().unwrap()).collect())
            .collect()
    }
}

/// The bytes of all strings, literal or in hexadecimals.
fn strings(content: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut chars = content.chars().peekable();
    let mut depth = 0;
    while let Some(c) = chars.next() {
        match (depth, c) {
            (0, '(') => depth = 1,
            (0, '<') => {
                let hex: String = chars.by_ref().take_while(|c| *c != '>').collect();
                let byte = |i: usize| u8::from_str_radix(&hex[2 * i..2 * i + 2], 16).unwrap();
                bytes.extend((0..hex.len() / 2).map(byte));
            }
            (0, _) => {}
            (_, '\\') => match chars.next().unwrap() {
                'n' => bytes.push(b'\n'),
                'r' => bytes.push(b'\r'),
                't' => bytes.push(b'\t'),
                'b' => bytes.push(8),
                'f' => bytes.push(12),
                digit @ '0'..='7' => {
                    let more = [chars.next().unwrap(), chars.next().unwrap()];
                    let octal = String::from_iter([digit, more[0], more[1]]);
                    bytes.push(u8::from_str_radix(&octal, 8).unwrap());
                }
                other => bytes.push(other as u8),
            },
            (1, ')') => depth = 0,
            (_, other) => {
                depth += i32::from(other == '(') - i32::from(other == ')');
                bytes.push(other as u8);
            }
        }
    }
    bytes
}

fn paths(group: &usvg::Group, visit: &mut impl FnMut(&usvg::Path)) {
    for node in group.children() {
        match node {
            Node::Group(group) => paths(group, visit),
            Node::Path(path) => visit(path),
            Node::Text(text) => paths(text.flattened(), visit),
            Node::Image(_) => {}
        }
    }
}

/// Chart of everything that has a look of its own.
fn everything(theme: Theme) -> gauss_sim_plots::Drawing {
    let axis = |label| Axis::linear(label).range(0.0, 10.0);
    let square = vec![(1.0, 1.0), (4.0, 1.0), (4.0, 4.0), (1.0, 4.0)];
    let area = Region::new("where it fails", vec![square]).hatch(Hatch::Rising).opacity(0.35);
    let band = Band::new("spread", [(0.0, 5.0, 6.0), (10.0, 7.0, 9.0)]).style(Style::series(2));
    let line = Line::new("fi ffl AVAWA", [(0.0, 5.5), (10.0, 8.0)]).style(Style::series(4));
    Chart::new(axis("σ, noise"), axis("ε (budget) \\ <½>"))
        .title("Everything ≤ 10⁻⁶\nmean μ = 1, N⁻¹ᐟ²")
        .with(area.style(Style::series(1)))
        .with(band)
        .with(line.label("ε*(σ)"))
        .with(Reference::vertical(8.0, "σ* = 8"))
        .legend(Legend::below().band_means("95 %"))
        .render_in(Size::COLUMN, theme)
        .unwrap()
}

fn drawings() -> Vec<(&'static str, gauss_sim_plots::Drawing)> {
    let mut drawings = common::every_kind();
    drawings.extend(Theme::ALL.map(|theme| (theme.name(), everything(theme))));
    drawings
}

#[test]
fn text_stays_text_and_says_the_same() {
    for (name, drawing) in drawings() {
        let pdf = Pdf::read(&drawing.pdf().unwrap());
        let mut words = Vec::new();
        common::each_text(common::parse(drawing.svg()).root(), &mut |text| {
            words.push(text.chunks().iter().map(|c| c.text().to_owned()).collect::<String>());
        });
        assert_eq!(pdf.texts(), words, "{name}");
    }
}

#[test]
fn colours_are_those_of_the_svg() {
    for (name, drawing) in drawings() {
        let pdf = Pdf::read(&drawing.pdf().unwrap());
        let (mut fills, mut strokes) = (BTreeSet::new(), BTreeSet::new());
        let bytes = |paint: &Paint| match paint {
            Paint::Color(color) => [color.red, color.green, color.blue],
            other => panic!("{other:?}"),
        };
        paths(common::parse(drawing.svg()).root(), &mut |path| {
            fills.extend(path.fill().map(|fill| bytes(fill.paint())));
            strokes.extend(path.stroke().map(|stroke| bytes(stroke.paint())));
        });
        let read = |operator: &str| -> BTreeSet<[u8; 3]> {
            let color = |v: Vec<f64>| [0, 1, 2].map(|i| (v[i] * 255.0).round() as u8);
            pdf.operands(operator).into_iter().map(color).collect()
        };
        assert_eq!(read("rg"), fills, "{name}");
        assert_eq!(read("RG"), strokes, "{name}");
    }
}

#[test]
fn opacities_are_those_of_the_svg() {
    let drawing = everything(Theme::Light);
    let pdf = Pdf::read(&drawing.pdf().unwrap());
    for opacity in ["0.35", "0.2", "0.9"] {
        assert!(drawing.svg().contains(&format!("opacity=\"{opacity}\"")), "{opacity}");
        assert!(pdf.objects.contains(&format!("/ca {opacity}/CA {opacity}")), "{opacity}");
    }
    // What has no opacities needs no states.
    let plain = Pdf::read(&common::stages().render(Size::COLUMN).unwrap().pdf().unwrap());
    assert!(!plain.objects.contains("/ExtGState") && !plain.content.contains(" gs"));
}

#[test]
fn shapes_stand_where_they_stand_in_the_svg() {
    let drawing = everything(Theme::Light);
    let pdf = Pdf::read(&drawing.pdf().unwrap());
    // Rectangles of the SVG are in hundredths of a point, as is the content.
    let number = |line: &str, name: &str| -> f64 {
        let after = line.split(&format!(" {name}=\"")).nth(1).unwrap();
        after.split('"').next().unwrap().parse().unwrap()
    };
    let rects: Vec<Vec<f64>> = drawing
        .svg()
        .lines()
        .filter(|line| line.starts_with("<rect "))
        .map(|line| ["x", "y", "width", "height"].map(|name| number(line, name)).to_vec())
        .collect();
    let drawn = pdf.operands("re");
    assert!(rects.len() > 1);
    assert!(rects.iter().all(|rect| drawn.contains(rect)), "{rects:?} {drawn:?}");
    assert!(pdf.content.starts_with("0.01 0 0 -0.01 0 198 cm\n"), "from the top down");
}

#[test]
fn tex_includes_it_without_a_warning() {
    for (name, drawing) in drawings() {
        let bytes = drawing.pdf().unwrap();
        assert!(bytes.starts_with(b"%PDF-1.5\n"), "{name}");
        let pdf = Pdf::read(&bytes);
        // More than one page with a group on a page of TeX's is worth a warning to it.
        assert!(!pdf.objects.contains("/Group"), "{name}");
        for part in ["/ToUnicode", "/Identity-H", "/CIDFontType2"] {
            assert!(pdf.objects.contains(part), "{name}: {part}");
        }
    }
}

#[test]
fn only_the_glyphs_that_are_used_are_embedded() {
    for (name, drawing) in drawings() {
        let bytes = drawing.pdf().unwrap();
        assert!(bytes.len() < 60_000, "{name}: {} bytes", bytes.len());
        let pdf = Pdf::read(&bytes);
        let used: BTreeSet<char> = pdf.texts().iter().flat_map(|text| text.chars()).collect();
        let known: BTreeSet<char> = pdf.meanings.values().flat_map(|text| text.chars()).collect();
        assert_eq!(used, known, "{name}");
    }
}

#[test]
fn a_title_is_kept_and_a_page_without_text_needs_no_font() {
    let pdf = |title: &str| {
        let axis = || Axis::linear("").range(0.2, 0.3);
        let chart = Chart::new(axis(), axis()).title(title);
        chart.render(Size::COLUMN).unwrap().pdf().unwrap()
    };
    let has = |pdf: &[u8], what: &str| pdf.windows(what.len()).any(|w| w == what.as_bytes());
    let titled = pdf("Robust (accuracy)\nfixed");
    assert!(
        has(&titled, "/Title(Robust \\(accuracy\\))") || has(&titled, "/Title(Robust (accuracy))")
    );
    assert!(!has(&pdf(""), "/Title"));
}
