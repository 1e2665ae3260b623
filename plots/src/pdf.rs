//! The drawing as a PDF of one page, made from the same tree as the PNG.
//!
//! Handles everything that drawings contain: filled and stroked paths in plain colours, opacities, and text in the
//! embedded font. Text stays text, with the glyphs at the same places as in the PNG; halos are outlines, so that no
//! text appears twice. The page has no transparency group and the file is of version 1.5, since pdfTeX would warn
//! otherwise.

mod font;
mod page;
mod text;

use miniz_oxide::deflate::compress_to_vec_zlib;
use pdf_writer::{Chunk, Filter, Finish as _, Name, Pdf, Rect, Ref, Settings, TextStr};
use resvg::usvg::Tree;

use self::page::Page;
use crate::{Error, Size};

const CATALOG: Ref = Ref::new(1);
const PAGES: Ref = Ref::new(2);
const PAGE: Ref = Ref::new(3);
const CONTENT: Ref = Ref::new(4);
const INFO: Ref = Ref::new(5);
const FONT: Ref = Ref::new(6);
/// The number of the first object for the font, which those for the opacities follow.
const MORE: i32 = 7;

/// Settings without white space for readability.
const SHORT: Settings = Settings { pretty: false };

/// The name of the font in the page's resources.
const FONT_NAME: Name = Name(b"F");

pub(crate) fn write(tree: &Tree, title: &str, size: Size) -> Result<Vec<u8>, Error> {
    let page = Page::draw(tree, size)?;
    let mut pdf = Pdf::with_settings(SHORT);
    pdf.set_version(1, 5);
    pdf.catalog(CATALOG).pages(PAGES);
    pdf.pages(PAGES).kids([PAGE]).count(1);
    if !title.is_empty() {
        pdf.document_info(INFO).title(TextStr(title));
    }
    compressed(&mut pdf, CONTENT, page.content.as_slice());

    let (font, first) = page.glyphs.embed(FONT, MORE)?;
    let opacities: Vec<Ref> = (first..).map(Ref::new).take(page.opacities.len()).collect();
    for (id, opacity) in opacities.iter().zip(&page.opacities) {
        pdf.ext_graphics(*id).non_stroking_alpha(opacity.get()).stroking_alpha(opacity.get());
    }

    let mut dict = pdf.page(PAGE);
    dict.parent(PAGES).contents(CONTENT);
    dict.media_box(Rect::new(0.0, 0.0, size.width as f32, size.height as f32));
    let mut resources = dict.resources();
    if font.is_some() {
        resources.fonts().pair(FONT_NAME, FONT);
    }
    if !opacities.is_empty() {
        let mut states = resources.ext_g_states();
        for (index, id) in opacities.iter().enumerate() {
            states.pair(Name(page::opacity_name(index).as_bytes()), *id);
        }
    }
    resources.finish();
    dict.finish();
    if let Some(font) = font {
        pdf.extend(&font);
    }
    Ok(pdf.finish())
}

/// Adds a compressed stream of bytes.
fn compressed(chunk: &mut Chunk, id: Ref, bytes: &[u8]) {
    chunk.stream(id, &deflated(bytes)).filter(Filter::FlateDecode);
}

fn deflated(bytes: &[u8]) -> Vec<u8> {
    compress_to_vec_zlib(bytes, 9)
}
