//! People's pictures, drawn: a face and shoulders in colours that follow from the address.
//! An address names person and version, so it dies when the person changes their picture, as in life.

use std::io::Cursor;

use bytes::Bytes;
use image::codecs::jpeg::JpegEncoder;
use image::{Rgb, RgbImage};

use crate::model::digest;
use crate::state::World;

/// Where pictures are found.
pub(crate) const PLACE: &str = "/mmopen/vi_32/";
/// The last part of an address and the side in pixels it stands for.
const SIZES: [(&str, u16); 5] = [("0", 640), ("46", 46), ("64", 64), ("96", 96), ("132", 132)];
const QUALITY: u8 = 88;
const SKINS: [[u8; 3]; 4] = [[255, 224, 196], [241, 194, 150], [198, 134, 92], [141, 88, 60]];

/// The address of somebody's present picture, if they have one; a path on this server.
pub(crate) fn path(world: &World, person: &str) -> Option<String> {
    let known = world.person(person).filter(|person| person.has_avatar)?;
    Some(format!("{PLACE}{}/132", key(world, &known.id)))
}

fn key(world: &World, person: &str) -> String {
    let version = world.avatar_changes.get(person).copied().unwrap_or_default();
    digest(&["avatar", person, &version.to_string()])
}

/// What to draw for a path, and how large; `None` when nobody has that picture now.
pub(crate) fn find(world: &World, path: &str) -> Option<(String, u16)> {
    let (wanted, size) = path.strip_prefix(PLACE)?.split_once('/')?;
    let (_, pixels) = SIZES.into_iter().find(|(name, _)| *name == size)?;
    let holder = world.persons.iter().filter(|person| person.has_avatar);
    let key = holder.map(|person| key(world, &person.id)).find(|key| key == wanted)?;
    Some((key, pixels))
}

/// A square JPEG.
pub(crate) fn draw(key: &str, side: u16) -> Option<Bytes> {
    let seed: Vec<u8> = key.bytes().take(4).collect();
    let [a, b, c, d] = *seed.first_chunk()?;
    let back = hue(a, 210);
    let coat = hue(b, 150);
    let skin = *SKINS.get(usize::from(c) % SKINS.len())?;
    let hair = [60 + d % 60, 40 + d % 40, 30 + d % 30];
    let picture = RgbImage::from_fn(side.into(), side.into(), |x, y| {
        let place = |at: u32| (f64::from(at) + 0.5) / f64::from(side);
        Rgb(colour(place(x), place(y), [back, coat, skin, hair]))
    });
    let mut jpeg = Cursor::new(Vec::new());
    picture.write_with_encoder(JpegEncoder::new_with_quality(&mut jpeg, QUALITY)).ok()?;
    Some(jpeg.into_inner().into())
}

/// Which part of the person stands at a place between 0 and 1.
fn colour(x: f64, y: f64, [back, coat, skin, hair]: [[u8; 3]; 4]) -> [u8; 3] {
    let within = |middle: (f64, f64), radius: (f64, f64)| {
        ((x - middle.0) / radius.0).powi(2) + ((y - middle.1) / radius.1).powi(2) <= 1.0
    };
    if within((0.5, 0.45), (0.17, 0.2)) && y > 0.36 {
        skin
    } else if within((0.5, 0.4), (0.2, 0.2)) {
        hair
    } else if within((0.5, 1.0), (0.36, 0.34)) {
        coat
    } else {
        back
    }
}

fn hue(seed: u8, light: u8) -> [u8; 3] {
    let shade = |shift: u8| light.saturating_sub(seed.wrapping_mul(shift) % 80);
    [shade(3), shade(7), shade(13)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_size_is_a_jpeg_of_that_size_and_two_people_differ() {
        for (_, side) in SIZES {
            let jpeg = draw("abcd", side).unwrap();
            let picture = image::load_from_memory(&jpeg).unwrap();
            assert_eq!((picture.width(), picture.height()), (side.into(), side.into()));
        }
        assert_ne!(draw("abcd", 64), draw("qrst", 64));
    }
}
