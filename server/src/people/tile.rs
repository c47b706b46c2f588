//! Draws the picture of whoever has none: five by five fields, the same on both sides, in one colour.
//!
//! A pure function of the tile's bytes, so that an address is all there is to it.

use image::{ImageFormat, ImageResult, Rgb, RgbImage};
use saoma_core::user::Tile;
use std::io::Cursor;

const FIELD: u32 = 40;
const MARGIN: u32 = 28;
const FIELDS: u32 = 5;
const SIDE: u32 = FIELD * FIELDS + 2 * MARGIN;
/// Strong enough to be seen on their own light ground, and kind to each other.
const COLOURS: [[u8; 3]; 12] = [
    [10, 125, 85],
    [26, 115, 152],
    [60, 90, 180],
    [112, 78, 182],
    [160, 60, 150],
    [190, 55, 95],
    [196, 70, 45],
    [178, 100, 20],
    [140, 120, 25],
    [85, 130, 45],
    [30, 130, 125],
    [90, 100, 110],
];

/// The tile as a PNG.
pub(crate) fn draw(tile: &Tile) -> ImageResult<Vec<u8>> {
    let [first, second, third, ..] = *tile.bytes();
    let colour = COLOURS.get(usize::from(first) % COLOURS.len()).copied().unwrap_or_default();
    let ground = colour.map(|part| 255 - (255 - part) / 8);
    // Fifteen fields, the middle column and one side; the middle one is always there.
    let fields = u16::from_be_bytes([second, third]) | 1 << 12;
    let is_drawn = |x: u32, y: u32| {
        let column = x.min(FIELDS - 1 - x);
        fields >> (column * FIELDS + y) & 1 == 1
    };
    let picture = RgbImage::from_fn(SIDE, SIDE, |x, y| {
        let field = |at: u32| at.checked_sub(MARGIN).map(|at| at / FIELD).filter(|field| *field < FIELDS);
        match (field(x), field(y)) {
            (Some(x), Some(y)) if is_drawn(x, y) => Rgb(colour),
            _ => Rgb(ground),
        }
    });
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, ImageFormat::Png)?;
    Ok(bytes.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tile(text: &str) -> Tile {
        format!("tile_{text}").parse().unwrap()
    }

    #[test]
    fn the_same_tile_looks_the_same_and_others_differ() {
        let [a, b] = ["0", "1"].map(|digit| tile(&digit.repeat(32)));
        assert_eq!(draw(&a).unwrap(), draw(&a).unwrap());
        assert_ne!(draw(&a).unwrap(), draw(&b).unwrap());
    }

    #[test]
    fn it_is_the_same_on_both_sides_small_and_never_empty() {
        for digits in ["00000000000000000000000000000000", "5aff77000000000000000000000000ff"] {
            let bytes = draw(&tile(digits)).unwrap();
            assert!(bytes.len() < 8 * 1024, "{}", bytes.len());
            let picture = image::load_from_memory(&bytes).unwrap().to_rgb8();
            assert_eq!(picture.dimensions(), (SIDE, SIDE));
            assert!(picture.enumerate_pixels().all(|(x, y, p)| p == picture.get_pixel(SIDE - 1 - x, y)));
            assert_ne!(picture.get_pixel(0, 0), picture.get_pixel(SIDE / 2, SIDE / 2));
        }
    }
}
