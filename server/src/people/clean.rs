//! Draws a picture from outside anew: decoded within limits, cut square, made small, encoded again.
//!
//! Nothing of the original bytes remains, so nothing can hide in them. Refuses everything but JPEG,
//! PNG, GIF and WebP, told from the bytes, and whatever claims to be larger than a picture of a person
//! needs to be; of a moving picture the first frame is kept.

use async_trait::async_trait;
use bytes::Bytes;
use image::codecs::jpeg::JpegEncoder;
use image::metadata::Orientation;
use image::{DynamicImage, GenericImageView as _, ImageDecoder as _, ImageFormat, ImageReader, Limits};
use saoma_core::provider::Image;
use saoma_core::user::{NotAPicture, PictureCleaner};
use std::io::Cursor;
use std::sync::Arc;
use tokio::sync::Semaphore;

/// The largest width and height that are looked at.
const MOST_PIXELS_A_SIDE: u32 = 4096;
/// Memory of the decoded picture: four bytes a pixel of the largest.
const MOST_BYTES: u64 = 64 * 1024 * 1024;
/// What a decoder may need besides.
const SCRATCH_BYTES: u64 = 32 * 1024 * 1024;
/// Width and height of what is kept, at most.
const SIDE: u32 = 256;
const JPEG_QUALITY: u8 = 85;
/// Pictures decoded at the same time: each may need as much memory as said above.
const AT_ONCE: usize = 2;

/// Cleans pictures off the threads that answer requests.
pub(crate) struct Cleaner {
    room: Arc<Semaphore>,
}

impl Cleaner {
    pub(crate) fn new() -> Self {
        Self { room: Arc::new(Semaphore::new(AT_ONCE)) }
    }
}

#[async_trait]
impl PictureCleaner for Cleaner {
    async fn clean(&self, raw: Bytes) -> Result<Image, NotAPicture> {
        let place = Arc::clone(&self.room).acquire_owned().await.map_err(|_| NotAPicture)?;
        let work = tokio::task::spawn_blocking(move || {
            let cleaned = clean(&raw);
            drop(place);
            cleaned
        });
        work.await.map_err(|_| NotAPicture)?
    }
}

fn clean(raw: &[u8]) -> Result<Image, NotAPicture> {
    let picture = decode(raw).map_err(|_| NotAPicture)?.ok_or(NotAPicture)?;
    // Cut before it is made small: a narrow strip must not become a wide one.
    let (width, height) = picture.dimensions();
    let side = width.min(height);
    let square = picture.crop_imm((width - side) / 2, (height - side) / 2, side, side);
    let small = if side > SIDE { square.thumbnail_exact(SIDE, SIDE) } else { square };
    encode(&small).map_err(|_| NotAPicture)
}

/// None for what is no picture of a kind we take, or too large.
fn decode(raw: &[u8]) -> image::ImageResult<Option<DynamicImage>> {
    let format = image::guess_format(raw)?;
    if !matches!(format, ImageFormat::Jpeg | ImageFormat::Png | ImageFormat::Gif | ImageFormat::WebP) {
        return Ok(None);
    }
    let mut limits = Limits::default();
    limits.max_image_width = Some(MOST_PIXELS_A_SIDE);
    limits.max_image_height = Some(MOST_PIXELS_A_SIDE);
    limits.max_alloc = Some(MOST_BYTES + SCRATCH_BYTES);
    let mut reader = ImageReader::with_format(Cursor::new(raw), format);
    reader.limits(limits);
    let mut decoder = reader.into_decoder()?;
    let (width, height) = decoder.dimensions();
    let side = width.max(height);
    if width.min(height) == 0 || side > MOST_PIXELS_A_SIDE || decoder.total_bytes() > MOST_BYTES {
        return Ok(None);
    }
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut picture = DynamicImage::from_decoder(decoder)?;
    picture.apply_orientation(orientation);
    Ok(Some(picture))
}

/// JPEG, as it is small; PNG where something shines through.
fn encode(picture: &DynamicImage) -> image::ImageResult<Image> {
    let rgba = picture.to_rgba8();
    let mut bytes = Cursor::new(Vec::new());
    let shines_through = rgba.pixels().any(|pixel| pixel.0.last().is_some_and(|alpha| *alpha < u8::MAX));
    let media_type = if shines_through {
        rgba.write_to(&mut bytes, ImageFormat::Png)?;
        "image/png"
    } else {
        picture.to_rgb8().write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, JPEG_QUALITY))?;
        "image/jpeg"
    };
    Ok(Image { media_type, bytes: bytes.into_inner().into() })
}

#[cfg(test)]
mod tests;
