//! Draws a text as a QR code: SVG for pages, PNG for whoever cannot show SVG.
//!
//! Black on white with a quiet zone of four modules (ISO/IEC 18004), whatever the page's colours:
//! phones read nothing else reliably.

use fast_qr::convert::Builder as _;
use fast_qr::convert::svg::SvgBuilder;
use fast_qr::{ECL, QRBuilder, QRCode};
use image::{GrayImage, ImageFormat, Luma};
use std::io::Cursor;

const QUIET_MODULES: usize = 4;
/// Pixels of a module in the PNG; any page scales it without a blur.
const MODULE_PIXELS: usize = 12;
const BLACK: Luma<u8> = Luma([0]);
const WHITE: Luma<u8> = Luma([255]);

/// The text does not fit into a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TooLong;

/// As SVG.
pub(super) fn svg(text: &str) -> Result<String, TooLong> {
    Ok(SvgBuilder::default().margin(QUIET_MODULES).to_str(&code(text)?))
}

/// As PNG.
pub(super) fn png(text: &str) -> Result<Vec<u8>, TooLong> {
    let code = code(text)?;
    let side = u32::try_from((code.size + 2 * QUIET_MODULES) * MODULE_PIXELS).map_err(|_| TooLong)?;
    let picture = GrayImage::from_fn(side, side, |x, y| if is_dark(&code, x, y) { BLACK } else { WHITE });
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, ImageFormat::Png).map_err(|_| TooLong)?;
    Ok(bytes.into_inner())
}

fn is_dark(code: &QRCode, x: u32, y: u32) -> bool {
    let module = |pixel: u32| (usize::try_from(pixel).ok()? / MODULE_PIXELS).checked_sub(QUIET_MODULES);
    let (Some(column), Some(row)) = (module(x), module(y)) else { return false };
    column < code.size && code.data.get(row * code.size + column).is_some_and(|module| module.value())
}

/// Level M: a screen is clean, and fewer modules are read from farther away.
fn code(text: &str) -> Result<QRCode, TooLong> {
    QRBuilder::new(text).ecl(ECL::M).build().map_err(|_| TooLong)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "http://weixin.qq.com/q/02i_CE54ZYc4E1kH9xwcQ";

    fn read(picture: &GrayImage) -> String {
        let mut prepared = rqrr::PreparedImage::prepare(picture.clone());
        let grids = prepared.detect_grids();
        grids[0].decode().unwrap().1
    }

    #[test]
    fn a_camera_reads_the_png() {
        let picture = image::load_from_memory(&png(TEXT).unwrap()).unwrap().to_luma8();
        assert_eq!(read(&picture), TEXT);
    }

    #[test]
    fn the_svg_has_the_same_modules_and_no_script() {
        let svg = svg(TEXT).unwrap();
        assert!(svg.starts_with("<svg") && !svg.contains("<script") && !svg.contains("http://weixin"));
        assert!(svg.contains("viewBox"));
    }

    #[test]
    fn too_long_is_told() {
        assert_eq!(svg(&"x".repeat(5000)), Err(TooLong));
        assert_eq!(png(&"x".repeat(5000)), Err(TooLong));
    }
}
