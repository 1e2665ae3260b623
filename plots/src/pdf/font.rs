//! The subset of the font that a page uses, and the text of its glyphs.

use pdf_writer::types::{CidFontType, FontFlags, SystemInfo, UnicodeCmap};
use pdf_writer::{Chunk, Filter, Finish as _, Name, Rect, Ref, Str};
use subsetter::GlyphRemapper;

use super::{SHORT, compressed, deflated};
use crate::Error;
use crate::font::{CAP_HEIGHT, FONT_BYTES, face};

const SYSTEM: SystemInfo<'static> =
    SystemInfo { registry: Str(b"Adobe"), ordering: Str(b"Identity"), supplement: 0 };
const CMAP: Name = Name(b"Unicode");
/// The thickness of upright stems, which the font does not state, in thousandths of an em.
const STEM: f32 = 92.0;

/// The glyphs used so far, renumbered in the order of their first use.
#[derive(Debug, Default)]
pub(super) struct Glyphs {
    remapper: GlyphRemapper,
    /// The glyph in the whole font and its text, by new number minus one.
    used: Vec<(u16, String)>,
}

impl Glyphs {
    /// Returns the number of a glyph in the subset.
    pub(super) fn number(&mut self, glyph: u16, text: &str) -> u16 {
        let number = self.remapper.remap(glyph);
        if usize::from(number) == self.used.len() + 1 {
            self.used.push((glyph, text.to_owned()));
        }
        number
    }

    /// Returns the width of `glyph` of the whole font in thousandths of an em, rounded as in the PDF.
    pub(super) fn width(glyph: u16) -> f64 {
        let face = face();
        let advance = face.and_then(|face| face.glyph_hor_advance(ttf_parser::GlyphId(glyph)));
        let em = face.map_or(2048.0, |face| f64::from(face.units_per_em()));
        (f64::from(advance.unwrap_or(0)) / em * 1e4).round() / 10.0
    }

    /// Returns the font as PDF objects: `id` and those from number `first` on, or `None` if the page has no text.
    /// Also returns the first number that is free afterwards.
    pub(super) fn embed(&self, id: Ref, first: i32) -> Result<(Option<Chunk>, i32), Error> {
        if self.used.is_empty() {
            return Ok((None, first));
        }
        let failure = |error: String| Error::Pdf(format!("the font cannot be embedded: {error}"));
        let subset = subsetter::subset(FONT_BYTES, 0, &self.remapper);
        let subset = subset.map_err(|error| failure(format!("{error:?}")))?;
        let face = face().ok_or_else(|| failure("it cannot be read".to_owned()))?;
        let [cid, descriptor, file, unicode] = [0, 1, 2, 3].map(|i| Ref::new(first + i));
        let name = format!("{}+DejaVuSans", self.tag());
        let name = Name(name.as_bytes());
        let mut chunk = Chunk::with_settings(SHORT);
        chunk
            .type0_font(id)
            .base_font(name)
            .encoding_predefined(Name(b"Identity-H"))
            .descendant_font(cid)
            .to_unicode(unicode);
        let mut font = chunk.cid_font(cid);
        font.subtype(CidFontType::Type2).base_font(name).system_info(SYSTEM);
        font.font_descriptor(descriptor).default_width(0.0);
        font.cid_to_gid_map_predefined(Name(b"Identity"));
        let widths = self.used.iter().map(|(glyph, _)| Self::width(*glyph) as f32);
        font.widths().consecutive(1, widths);
        font.finish();

        let em = f32::from(face.units_per_em());
        let thousandths = |units: i16| (f32::from(units) / em * 1000.0).round();
        let bounds = face.global_bounding_box();
        let [left, bottom, right, top] =
            [bounds.x_min, bounds.y_min, bounds.x_max, bounds.y_max].map(thousandths);
        chunk
            .font_descriptor(descriptor)
            .name(name)
            .flags(FontFlags::SYMBOLIC)
            .bbox(Rect::new(left, bottom, right, top))
            .italic_angle(0.0)
            .ascent(thousandths(face.ascender()))
            .descent(thousandths(face.descender()))
            .cap_height((CAP_HEIGHT * 1000.0) as f32)
            .stem_v(STEM)
            .font_file2(file);
        let length = i32::try_from(subset.len()).unwrap_or(i32::MAX);
        let data = deflated(&subset);
        chunk.stream(file, &data).filter(Filter::FlateDecode).pair(Name(b"Length1"), length);

        let mut cmap = UnicodeCmap::new(CMAP, SYSTEM);
        for (number, (_, text)) in (1_u16..).zip(&self.used) {
            if !text.is_empty() {
                cmap.pair_with_multiple(number, text.chars());
            }
        }
        compressed(&mut chunk, unicode, cmap.finish().as_slice());
        Ok((Some(chunk), first + 4))
    }

    /// Returns six capitals that identify the glyphs in the subset (FNV-1a of their numbers).
    fn tag(&self) -> String {
        let bytes = self.used.iter().flat_map(|(glyph, _)| glyph.to_be_bytes());
        let mut hash = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        let mut letter = || {
            let letter = b'A' + (hash % 26) as u8;
            hash /= 26;
            char::from(letter)
        };
        (0..6).map(|_| letter()).collect()
    }
}
