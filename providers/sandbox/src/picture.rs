//! Pictures of codes: draws them as JPEG like the vendor, reads them from JPEG or PNG like a camera.
//! It refuses pictures too large to decode safely and knows nothing of what a code means.

use std::io::Cursor;

use bytes::Bytes;
use fast_qr::ECL;
use fast_qr::qr::{QRBuilder, QRCode};
use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::{DynamicImage, ExtendedColorType, GrayImage, ImageEncoder as _, ImageReader, Limits};

use crate::jpeg::{self, BLOCK};

/// Light modules around a code that readers need.
const QUIET_MODULES: usize = 4;
/// Larger pictures are shrunk before the search; codes stay readable and the search stays quick.
const SEARCH_SIDE: u32 = 1400;
/// How much small pictures are enlarged when nothing is found in them as they are.
const ENLARGED: [u32; 2] = [2, 3];
const LARGEST_SIDE: u32 = 10_000;
const LARGEST_MEMORY: u64 = 256 * 1024 * 1024;
const JPEG_QUALITY: u8 = 90;

/// Why a picture gave nothing.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Unseen {
    NotAPicture,
    NoCode,
}

/// The code of `text` as a JPEG of exactly `width` by `width` pixels; `None` when it does not fit.
pub(crate) fn draw(text: &str, width: u16) -> Option<Bytes> {
    let code = QRBuilder::new(text).ecl(ECL::M).build().ok()?;
    let side = usize::from(width);
    let fits = side / (code.size + 2 * QUIET_MODULES);
    let drawing = Drawing::new(code, side, fits);
    match fits {
        0 => None,
        1..BLOCK => drawing.by_pixels(width),
        // Modules made of whole blocks stay crisp and cost next to nothing.
        _ => Some(jpeg::flat_blocks(width, |column, row| drawing.is_dark(column * BLOCK, row * BLOCK))),
    }
}

struct Drawing {
    code: QRCode,
    module: usize,
    margin: usize,
}

impl Drawing {
    fn new(code: QRCode, side: usize, fits: usize) -> Self {
        let module = if fits < BLOCK { fits } else { fits / BLOCK * BLOCK };
        let margin = (side.saturating_sub(code.size * module)) / 2 / BLOCK * BLOCK;
        Self { code, module, margin }
    }

    fn is_dark(&self, x: usize, y: usize) -> bool {
        let place = |at: usize| at.checked_sub(self.margin).map(|at| at / self.module);
        let (Some(column), Some(row)) = (place(x), place(y)) else { return false };
        let size = self.code.size;
        column < size
            && row < size
            && self.code.data.get(row * size + column).is_some_and(|cell| cell.value())
    }

    fn by_pixels(&self, width: u16) -> Option<Bytes> {
        let shade = |x: u16, y: u16| if self.is_dark(x.into(), y.into()) { 0 } else { u8::MAX };
        let pixels: Vec<u8> = (0..width).flat_map(|y| (0..width).map(move |x| shade(x, y))).collect();
        let mut jpeg = Vec::with_capacity(32 * 1024);
        JpegEncoder::new_with_quality(&mut jpeg, JPEG_QUALITY)
            .write_image(&pixels, width.into(), width.into(), ExtendedColorType::L8)
            .ok()?;
        Some(jpeg.into())
    }
}

/// The texts of all codes in a picture. Slow: call it off the async threads.
pub(crate) fn read(bytes: &[u8]) -> Result<Vec<String>, Unseen> {
    let picture = decode(bytes).ok_or(Unseen::NotAPicture)?;
    let side = picture.width().max(picture.height());
    let scaled = |side: u32| picture.resize(side, side, FilterType::Triangle).to_luma8();
    let mut texts =
        if side > SEARCH_SIDE { search(&scaled(SEARCH_SIDE)) } else { search(&picture.to_luma8()) };
    // A code of few pixels per module, as in a picture of a screen, is read better when enlarged.
    for factor in ENLARGED {
        if texts.is_empty() && side * factor <= SEARCH_SIDE {
            texts = search(&scaled(side * factor));
        }
    }
    if texts.is_empty() { Err(Unseen::NoCode) } else { Ok(texts) }
}

fn decode(bytes: &[u8]) -> Option<DynamicImage> {
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().ok()?;
    let mut limits = Limits::default();
    limits.max_image_width = Some(LARGEST_SIDE);
    limits.max_image_height = Some(LARGEST_SIDE);
    limits.max_alloc = Some(LARGEST_MEMORY);
    reader.limits(limits);
    reader.decode().ok()
}

fn search(picture: &GrayImage) -> Vec<String> {
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let shade = |x: usize, y: usize| picture.as_raw().get(y * width + x).copied().unwrap_or(u8::MAX);
    let mut prepared = rqrr::PreparedImage::prepare_from_greyscale(width, height, shade);
    let grids = prepared.detect_grids();
    grids.iter().filter_map(|grid| grid.decode().ok()).map(|(_, text)| text).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str =
        "wxacode:wx0123456789abcdef/release/pages/login/login?abcdefghijklmnopqrstuvwxyz012345";

    #[test]
    fn every_width_reads_back() {
        for width in [280, 399, 430, 431, 1280] {
            let jpeg = draw(TEXT, width).unwrap();
            assert_eq!(jpeg[..3], [0xff, 0xd8, 0xff]);
            let size = decode(&jpeg).unwrap();
            assert_eq!((size.width(), size.height()), (width.into(), width.into()));
            assert_eq!(read(&jpeg).unwrap(), [TEXT]);
        }
    }

    #[test]
    fn a_code_as_small_as_on_a_screen_is_read() {
        let code = decode(&draw(TEXT, 430).unwrap()).unwrap();
        for side in (190..=240).step_by(10) {
            let mut screenshot = Cursor::new(Vec::new());
            let small = code.resize(side, side, FilterType::Triangle);
            small.write_to(&mut screenshot, image::ImageFormat::Png).unwrap();
            assert_eq!(read(screenshot.get_ref()).as_deref(), Ok([TEXT.to_owned()].as_slice()), "{side}");
        }
    }

    #[test]
    fn a_png_photograph_with_surroundings_is_read() {
        let code = decode(&draw(TEXT, 430).unwrap()).unwrap();
        let mut photograph =
            DynamicImage::ImageRgb8(image::RgbImage::from_pixel(2400, 1800, image::Rgb([190, 180, 170])));
        let large = code.resize(900, 900, FilterType::Triangle);
        image::imageops::overlay(&mut photograph, &large, 700, 400);
        let mut png = Cursor::new(Vec::new());
        photograph.write_to(&mut png, image::ImageFormat::Png).unwrap();
        assert_eq!(read(png.get_ref()).unwrap(), [TEXT]);
    }

    #[test]
    fn noise_and_blank_paper_are_told_apart() {
        assert_eq!(read(b"not a picture"), Err(Unseen::NotAPicture));
        let mut png = Cursor::new(Vec::new());
        DynamicImage::new_luma8(64, 64).write_to(&mut png, image::ImageFormat::Png).unwrap();
        assert_eq!(read(png.get_ref()), Err(Unseen::NoCode));
    }

    #[test]
    fn a_text_that_does_not_fit_is_refused() {
        assert_eq!(draw(&"x".repeat(5000), 430), None);
    }
}
