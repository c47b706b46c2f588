//! Pictures kept for a while, so that a page need not ask the vendor twice.
//!
//! Bounded in number and in bytes, the oldest goes first. Losing one is never an error.

use saoma_core::id::LoginId;
use saoma_core::provider::Image;
use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};

/// The kept pictures.
#[derive(Debug)]
pub struct ImageCache {
    max_images: usize,
    max_bytes: usize,
    shelf: Mutex<Shelf>,
}

#[derive(Debug, Default)]
struct Shelf {
    images: HashMap<LoginId, Image>,
    oldest_first: VecDeque<LoginId>,
    bytes: usize,
}

impl ImageCache {
    /// Room for so many pictures of so many bytes in all.
    pub fn new(max_images: usize, max_bytes: usize) -> Self {
        Self { max_images, max_bytes, shelf: Mutex::default() }
    }

    /// The picture of this Login, if it is still here.
    pub fn find(&self, login: &LoginId) -> Option<Image> {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner).images.get(login).cloned()
    }

    /// Keeps a picture in the place of an earlier one of the same Login.
    pub fn keep(&self, login: &LoginId, image: Image) {
        let size = image.bytes.len();
        if size > self.max_bytes {
            return;
        }
        let mut kept = self.shelf.lock().unwrap_or_else(PoisonError::into_inner);
        kept.bytes += size;
        match kept.images.insert(login.clone(), image) {
            Some(replaced) => kept.bytes -= replaced.bytes.len(),
            None => kept.oldest_first.push_back(login.clone()),
        }
        while kept.images.len() > self.max_images || kept.bytes > self.max_bytes {
            let Some(oldest) = kept.oldest_first.pop_front() else { break };
            let freed = kept.images.remove(&oldest).map_or(0, |image| image.bytes.len());
            kept.bytes -= freed;
        }
    }
}

impl Default for ImageCache {
    /// 2,000 pictures, 64 MiB.
    fn default() -> Self {
        Self::new(2_000, 64 * 1024 * 1024)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;
    use saoma_core::entropy::SeededEntropy;

    fn ids<const N: usize>() -> [LoginId; N] {
        let entropy = SeededEntropy::new(1);
        std::array::from_fn(|_| LoginId::generate(&entropy))
    }

    fn image(size: usize) -> Image {
        Image { media_type: "image/png", bytes: Bytes::from(vec![7; size]) }
    }

    #[test]
    fn the_oldest_goes_when_there_are_too_many() {
        let cache = ImageCache::new(2, 1_000);
        let [a, b, c] = ids();
        for id in [&a, &b, &c] {
            cache.keep(id, image(1));
        }
        assert!(cache.find(&a).is_none());
        assert!(cache.find(&b).is_some() && cache.find(&c).is_some());
    }

    #[test]
    fn the_oldest_go_when_they_are_too_large() {
        let cache = ImageCache::new(100, 100);
        let [a, b, c] = ids();
        cache.keep(&a, image(40));
        cache.keep(&b, image(40));
        cache.keep(&c, image(100));
        assert!(cache.find(&a).is_none() && cache.find(&b).is_none());
        assert_eq!(cache.find(&c).unwrap().bytes.len(), 100);
        cache.keep(&a, image(101));
        assert!(cache.find(&a).is_none() && cache.find(&c).is_some());
    }

    #[test]
    fn a_second_picture_takes_the_place_of_the_first() {
        let cache = ImageCache::new(2, 100);
        let [a, b] = ids();
        cache.keep(&a, image(90));
        cache.keep(&a, image(50));
        cache.keep(&b, image(50));
        assert_eq!(cache.find(&a).unwrap().bytes.len(), 50);
        assert!(cache.find(&b).is_some());
    }
}
