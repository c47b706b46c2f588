//! Writes a grey JPEG whose 8 by 8 blocks are each all black or all white: all that a code image needs.
//! A general encoder takes a hundred times as long, and load tests ask for thousands of these.
//! Baseline JPEG by ITU-T T.81, one component, DC coefficients only; nothing else is possible here.

use bytes::Bytes;

/// The side of a block in pixels.
pub(crate) const BLOCK: usize = 8;

/// Start of image, a JFIF header, and the head of a table of quantisers; all 64 are 8, which makes
/// the DC coefficient of a flat block its grey value less 128.
const HEAD: &[u8] =
    b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff\xdb\x00\x43\x00";
/// Code lengths 1, 2, 3 for the three differences that occur: none, black to white or back (8 bits), and
/// the very first block (7 bits); then one code of length 1, "end of block", for the AC coefficients.
const HUFFMAN: &[u8] = b"\xff\xc4\x00\x16\x00\x01\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x08\x07\
                         \xff\xc4\x00\x14\x10\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00";
const SCAN: &[u8] = b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00";
const END: &[u8] = b"\xff\xd9";

/// A square picture; `is_dark` is asked for each block by column and row, and the first must be white.
pub(crate) fn flat_blocks(side: u16, is_dark: impl Fn(usize, usize) -> bool) -> Bytes {
    let mut out = Vec::with_capacity(4096);
    out.extend_from_slice(HEAD);
    out.extend_from_slice(&[8; 64]);
    let [high, low] = side.to_be_bytes();
    out.extend_from_slice(&[0xff, 0xc0, 0, 11, 8, high, low, high, low, 1, 1, 0x11, 0]);
    out.extend_from_slice(HUFFMAN);
    out.extend_from_slice(SCAN);
    let mut bits = Bits { out, held: 0, count: 0 };
    // White is 127 above nothing: code 110, seven ones, end of block.
    bits.push(0b110_1111_1110, 11);
    let blocks = usize::from(side).div_ceil(BLOCK);
    let mut before = false;
    for block in 1..blocks * blocks {
        let dark = is_dark(block % blocks, block / blocks);
        match (before, dark) {
            // Code 10, the eight bits of the difference, end of block.
            (false, true) => bits.push(0b100_0000_0000, 11),
            (true, false) => bits.push(0b101_1111_1110, 11),
            _ => bits.push(0b00, 2),
        }
        before = dark;
    }
    bits.finish().into()
}

struct Bits {
    out: Vec<u8>,
    held: u32,
    count: u32,
}

impl Bits {
    fn push(&mut self, bits: u32, count: u32) {
        self.held = (self.held << count) | bits;
        self.count += count;
        while self.count >= 8 {
            self.count -= 8;
            let [.., byte] = (self.held >> self.count).to_be_bytes();
            self.out.push(byte);
            if byte == 0xff {
                // A data byte of all ones is followed by a zero, or it would read as a marker.
                self.out.push(0);
            }
        }
    }

    fn finish(mut self) -> Vec<u8> {
        self.push(0x7f, 7);
        self.out.extend_from_slice(END);
        self.out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decoder_sees_exactly_the_blocks() {
        let is_dark = |column: usize, row: usize| (column * 7 + row * 5) % 3 == 1;
        for side in [8, 64, 430, 1280] {
            let jpeg = flat_blocks(side, is_dark);
            let picture = image::load_from_memory(&jpeg).unwrap().to_luma8();
            assert_eq!(picture.dimensions(), (u32::from(side), u32::from(side)));
            for (x, y, pixel) in picture.enumerate_pixels() {
                let dark = is_dark(x as usize / BLOCK, y as usize / BLOCK);
                assert_eq!(pixel.0, [if dark { 0 } else { 255 }], "{x} {y}");
            }
        }
    }
}
