//! Hostile and odd pictures: what is not one is refused before it costs anything, and nothing of what
//! was sent is left in what is kept.

use super::*;
use image::codecs::gif::{GifEncoder, Repeat};
use image::{Frame, Rgb, RgbImage, Rgba, RgbaImage};

fn written(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

fn plain(width: u32, height: u32) -> DynamicImage {
    RgbImage::from_fn(
        width,
        height,
        |x, _| if x < width / 2 { Rgb([200, 30, 30]) } else { Rgb([20, 30, 200]) },
    )
    .into()
}

fn kept(raw: &[u8]) -> (&'static str, DynamicImage) {
    let image = clean(raw).unwrap();
    (image.media_type, image::load_from_memory(&image.bytes).unwrap())
}

/// A PNG chunk with its checksum.
fn chunk(kind: [u8; 4], data: &[u8]) -> Vec<u8> {
    let mut crc = u32::MAX;
    for byte in kind.iter().chain(data) {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { (crc >> 1) ^ 0xEDB8_8320 } else { crc >> 1 };
        }
    }
    let length = u32::try_from(data.len()).unwrap().to_be_bytes();
    [&length[..], &kind, data, &(!crc).to_be_bytes()].concat()
}

/// The head of a PNG that claims this size, with a few bytes of data.
fn claims(width: u32, height: u32, depth_and_colour: [u8; 2]) -> Vec<u8> {
    let mut head = [width.to_be_bytes(), height.to_be_bytes()].concat();
    head.extend(depth_and_colour);
    head.extend([0, 0, 0]);
    [
        &b"\x89PNG\r\n\x1a\n"[..],
        &chunk(*b"IHDR", &head),
        &chunk(*b"IDAT", &[0x78, 0x9c, 0x03, 0x00]),
        &chunk(*b"IEND", b""),
    ]
    .concat()
}

#[test]
fn all_four_kinds_become_small_squares() {
    for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::Gif, ImageFormat::WebP] {
        let (media_type, picture) = kept(&written(&plain(640, 480), format));
        assert_eq!((media_type, picture.dimensions()), ("image/jpeg", (SIDE, SIDE)), "{format:?}");
        let [left, right] = [10, 245].map(|x| picture.to_rgb8().get_pixel(x, 128).0);
        assert!(left[0] > 150 && right[2] > 150, "{format:?} {left:?} {right:?}");
    }
}

#[test]
fn small_pictures_stay_small_and_what_shines_through_still_does() {
    assert_eq!(kept(&written(&plain(40, 20), ImageFormat::Png)).1.dimensions(), (20, 20));
    let glass = RgbaImage::from_pixel(300, 300, Rgba([1, 2, 3, 100]));
    let (media_type, picture) = kept(&written(&glass.into(), ImageFormat::Png));
    assert_eq!((media_type, picture.dimensions()), ("image/png", (SIDE, SIDE)));
    assert_eq!(picture.to_rgba8().get_pixel(5, 5).0[3], 100);
}

/// T31: a few bytes that claim a huge picture are refused before any memory is taken for it.
#[test]
fn t31_bombs_are_refused_by_their_head() {
    for (width, height) in [(4097, 1), (1, 4097), (65_535, 65_535), (0x7fff_ffff, 0x7fff_ffff), (0, 5)] {
        assert_eq!(clean(&claims(width, height, [8, 2])), Err(NotAPicture), "{width} x {height}");
    }
    // As large as may be, but with eight bytes a pixel.
    assert_eq!(clean(&claims(4096, 4096, [16, 6])), Err(NotAPicture));
    // A GIF's canvas is claimed in four bytes.
    let mut gif = written(&plain(2, 2), ImageFormat::Gif);
    gif[6..10].copy_from_slice(&[0xff; 4]);
    assert_eq!(clean(&gif), Err(NotAPicture));
}

#[test]
fn a_strip_as_long_as_may_be_is_cut_before_it_is_resized() {
    assert_eq!(kept(&written(&plain(4096, 1), ImageFormat::Png)).1.dimensions(), (1, 1));
    assert_eq!(kept(&written(&plain(300, 4096), ImageFormat::Png)).1.dimensions(), (SIDE, SIDE));
}

#[test]
fn cut_off_pictures_never_panic() {
    for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::Gif, ImageFormat::WebP] {
        let whole = written(&plain(64, 64), format);
        for end in 0..whole.len().min(400) {
            // Some decoders make do with what there is; all that counts is that it is a picture.
            if let Ok(image) = clean(&whole[..end]) {
                assert!(image::load_from_memory(&image.bytes).is_ok(), "{format:?} {end}");
            }
        }
        assert_eq!(clean(&whole[..20]), Err(NotAPicture), "{format:?}");
    }
}

#[test]
fn flipped_bytes_never_panic() {
    for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::Gif, ImageFormat::WebP] {
        let whole = written(&plain(24, 24), format);
        for at in 0..whole.len() {
            let mut broken = whole.clone();
            broken[at] ^= 0x55;
            drop(clean(&broken));
        }
    }
}

#[test]
fn what_is_hidden_in_or_behind_a_picture_is_gone() {
    const SCRIPT: &[u8] = b"<script>alert(document.domain)</script>";
    let hides = |bytes: &[u8]| bytes.windows(SCRIPT.len()).any(|window| window == SCRIPT);
    let mut behind = written(&plain(300, 300), ImageFormat::Jpeg);
    behind.extend(SCRIPT);
    let png = written(&plain(300, 300), ImageFormat::Png);
    let text = chunk(*b"tEXt", &[b"Comment\0", SCRIPT].concat());
    let inside = [&png[..33], &text, &png[33..]].concat();
    for raw in [behind, inside] {
        assert!(hides(&raw));
        assert!(!hides(&clean(&raw).unwrap().bytes));
    }
}

#[test]
fn drawings_pages_and_other_kinds_are_refused() {
    let svg: &[u8] = br#"<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>"#;
    let bmp = [&b"BM"[..], &[0; 100]].concat();
    for raw in
        [svg, b"<?xml version=\"1.0\"?><svg/>", b"<html>", b"", b"%PDF-1.4", &bmp, b"II*\0", b"\0\0\x01\0"]
    {
        assert_eq!(clean(raw), Err(NotAPicture));
    }
}

#[test]
fn of_a_moving_picture_the_first_frame_is_kept() {
    let mut bytes = Vec::new();
    let mut encoder = GifEncoder::new(&mut bytes);
    encoder.set_repeat(Repeat::Infinite).unwrap();
    for colour in [[250, 0, 0, 255], [0, 250, 0, 255], [0, 0, 250, 255]] {
        encoder.encode_frame(Frame::new(RgbaImage::from_pixel(50, 50, Rgba(colour)))).unwrap();
    }
    drop(encoder);
    let (media_type, picture) = kept(&bytes);
    assert_eq!(media_type, "image/jpeg");
    let [red, green, blue] = picture.to_rgb8().get_pixel(25, 25).0;
    assert!(red > 200 && green < 50 && blue < 50);
}

#[tokio::test]
async fn the_cleaner_cleans_elsewhere() {
    let raw = Bytes::from(written(&plain(300, 300), ImageFormat::Png));
    let cleaner = Cleaner::new();
    let all = (0..8).map(|_| cleaner.clean(raw.clone()));
    let all = futures_util::future::join_all(all).await;
    assert!(all.iter().all(|image| image.as_ref().is_ok_and(|image| image.media_type == "image/jpeg")));
}
