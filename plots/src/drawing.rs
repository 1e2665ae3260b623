//! A finished drawing and its formats.

use std::sync::{Arc, OnceLock};

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::fontdb::{Database, Source};
use resvg::usvg::{Options, Tree, WriteOptions};

use crate::font::{FONT_BYTES, FONT_FAMILY};
use crate::{Color, Error, Size, pdf};

/// A drawn chart. All formats are made from its one SVG.
///
/// ```
/// use gauss_sim_plots::{Axis, Chart, Line, Size};
///
/// let chart = Chart::new(Axis::linear("σ"), Axis::linear("accuracy"))
///     .with(Line::new("trained", [(0.0, 0.84), (1.0, 0.76)]));
/// let drawing = chart.render(Size::inches(6.5, 4.0))?;
/// assert_eq!(drawing.size(), Size::TEXT_WIDTH);
/// assert!(drawing.svg().starts_with("<svg") && drawing.svg().contains("<text"));
/// assert!(!drawing.svg_paths().contains("<text"));
/// assert!(drawing.pdf()?.starts_with(b"%PDF"));
/// // The width and the height of a PNG are its bytes 16 to 24.
/// let png = drawing.png(300.0)?;
/// assert_eq!(png[16..24], [1950_u32.to_be_bytes(), 1200_u32.to_be_bytes()].concat());
/// # Ok::<(), gauss_sim_plots::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Drawing {
    svg: String,
    title: String,
    size: Size,
    paper: Color,
    tree: Tree,
}

impl Drawing {
    pub(crate) fn new(svg: String, title: String, size: Size, paper: Color) -> Result<Self, Error> {
        let options =
            Options { font_family: FONT_FAMILY.to_owned(), fontdb: fonts(), ..Options::default() };
        let tree = Tree::from_str(&svg, &options).map_err(|e| Error::Svg(e.to_string()))?;
        Ok(Self { svg, title, size, paper, tree })
    }

    /// Returns the size on paper.
    #[must_use]
    pub fn size(&self) -> Size {
        self.size
    }

    /// Returns the drawing as SVG with text as text, in the family [`FONT_FAMILY`].
    #[must_use]
    pub fn svg(&self) -> &str {
        &self.svg
    }

    /// Returns the drawing as SVG with text converted to paths, which needs no font and looks the same everywhere.
    #[must_use]
    pub fn svg_paths(&self) -> String {
        self.tree.to_string(&WriteOptions {
            preserve_text: false,
            coordinates_precision: 3,
            ..WriteOptions::default()
        })
    }

    /// Returns the drawing as a PDF of one page: vectors, and text as text in an embedded subset of the font. The PDF
    /// version is 1.5, which pdfTeX includes without a warning.
    ///
    /// # Errors
    /// [`Error::Pdf`] if the font cannot be embedded.
    pub fn pdf(&self) -> Result<Vec<u8>, Error> {
        pdf::write(&self.tree, &self.title, self.size)
    }

    /// Returns the drawing as a PNG with its paper, at `dpi` dots per inch (300 for print, 96 to 200 for a screen).
    ///
    /// # Errors
    /// [`Error::BadResolution`] if `dpi` is not positive or the picture would be larger than 32767 pixels on a side;
    /// [`Error::Png`] if the encoder fails.
    pub fn png(&self, dpi: f64) -> Result<Vec<u8>, Error> {
        let pixels = |points: f64| (points / 72.0 * dpi).round();
        let (width, height) = (pixels(self.size.width), pixels(self.size.height));
        let ok = |v: f64| (1.0..=32767.0).contains(&v);
        let bad = || Error::BadResolution { width, height, dpi };
        if !(ok(width) && ok(height)) {
            return Err(bad());
        }
        let mut pixmap = Pixmap::new(width as u32, height as u32).ok_or_else(bad)?;
        let Color { r, g, b } = self.paper;
        pixmap.fill(resvg::tiny_skia::Color::from_rgba8(r, g, b, 255));
        let size = self.tree.size();
        let scale =
            Transform::from_scale(width as f32 / size.width(), height as f32 / size.height());
        resvg::render(&self.tree, scale, &mut pixmap.as_mut());
        pixmap.encode_png().map_err(|e| Error::Png(e.to_string()))
    }
}

/// Returns a database with only the embedded font.
fn fonts() -> Arc<Database> {
    static FONTS: OnceLock<Arc<Database>> = OnceLock::new();
    Arc::clone(FONTS.get_or_init(|| {
        let mut fonts = Database::new();
        fonts.load_font_source(Source::Binary(Arc::new(FONT_BYTES)));
        fonts.set_sans_serif_family(FONT_FAMILY);
        Arc::new(fonts)
    }))
}
