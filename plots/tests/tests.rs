//! Charts as text, as pictures, and of odd data.

mod common;
mod content;
mod formats;
mod heat_maps;
mod labels_and_legends;
mod numbers;
mod odd_data;
mod pdf;
mod regions_and_labels;
mod ticks_and_contours;
