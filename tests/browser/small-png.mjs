// Writes a screenshot again with a palette of 256 colours, a third of its size: our pages are drawn with few.
// Reads only what Chromium writes: 8 bits a channel, red, green and blue, no interlace.
import { crc32, deflateSync, inflateSync } from "node:zlib";

const SIGNATURE = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);
const BYTES = 3;
const COLOURS = 256;

function* chunks(png) {
  for (let at = SIGNATURE.length; at < png.length; ) {
    const size = png.readUInt32BE(at);
    yield { type: png.toString("latin1", at + 4, at + 8), data: png.subarray(at + 8, at + 8 + size) };
    at += size + 12;
  }
}

function chunk(type, data) {
  const named = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const [size, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  size.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(named));
  return Buffer.concat([size, named, sum]);
}

/** What a filter adds back, from the pixel on the left, the one above, and the one left of that. */
function predicted(filter, left, up, corner) {
  if (filter === 1) return left;
  if (filter === 2) return up;
  if (filter === 3) return (left + up) >> 1;
  if (filter !== 4) return 0;
  const guess = left + up - corner;
  const [a, b, c] = [left, up, corner].map((value) => Math.abs(guess - value));
  if (a <= b && a <= c) return left;
  return b <= c ? up : corner;
}

function pixelsOf(packed, width, height) {
  const stride = width * BYTES;
  const pixels = Buffer.alloc(stride * height);
  for (let y = 0; y < height; y += 1) {
    const filter = packed[y * (stride + 1)];
    for (let x = 0, at = y * stride; x < stride; x += 1, at += 1) {
      const left = x < BYTES ? 0 : pixels[at - BYTES];
      const up = y === 0 ? 0 : pixels[at - stride];
      const corner = x < BYTES || y === 0 ? 0 : pixels[at - stride - BYTES];
      pixels[at] = packed[y * (stride + 1) + 1 + x] + predicted(filter, left, up, corner);
    }
  }
  return pixels;
}

const SHIFTS = [16, 8, 0];
const channel = (colour, shift) => (colour >> shift) & 255;

/** A set of colours with how often each occurs, the channel in which they differ most, and how much that matters. */
function box(colours) {
  const spans = SHIFTS.map((shift) => {
    const values = colours.map(([colour]) => channel(colour, shift));
    return Math.max(...values) - Math.min(...values);
  });
  const span = Math.max(...spans);
  const count = colours.reduce((sum, [, times]) => sum + times, 0);
  return { colours, count, shift: SHIFTS[spans.indexOf(span)], weight: span * span * Math.sqrt(count) };
}

/** Cut at its mean, so that both halves hold something. */
function cut({ colours, shift, count }) {
  const sorted = colours.toSorted(([a], [b]) => channel(a, shift) - channel(b, shift));
  let seen = 0;
  const at = sorted.findIndex(([, times]) => (seen += times) * 2 >= count);
  const middle = Math.min(Math.max(at, 1), sorted.length - 1);
  return [box(sorted.slice(0, middle)), box(sorted.slice(middle))];
}

function boxesOf(colours) {
  const boxes = [box(colours)];
  while (boxes.length < COLOURS) {
    const [widest] = boxes.toSorted((a, b) => b.weight - a.weight);
    if (widest.weight === 0) break;
    boxes.splice(boxes.indexOf(widest), 1, ...cut(widest));
  }
  return boxes;
}

/** The same picture, smaller. */
export function small(png) {
  const parts = [...chunks(png)];
  const head = Buffer.from(parts.find(({ type }) => type === "IHDR").data);
  const [width, height] = [head.readUInt32BE(0), head.readUInt32BE(4)];
  if (head[8] !== 8 || head[9] !== 2 || head[12] !== 0) return png;
  const packed = inflateSync(Buffer.concat(parts.filter(({ type }) => type === "IDAT").map(({ data }) => data)));
  const pixels = pixelsOf(packed, width, height);
  const times = new Map();
  for (let at = 0; at < pixels.length; at += BYTES) {
    const colour = pixels.readUIntBE(at, BYTES);
    times.set(colour, (times.get(colour) ?? 0) + 1);
  }
  const boxes = boxesOf([...times]);
  const index = new Map(boxes.flatMap(({ colours }, number) => colours.map(([colour]) => [colour, number])));
  const mean = ({ colours, count }) => SHIFTS.map((shift) => Math.round(colours.reduce((sum, [colour, n]) => sum + channel(colour, shift) * n, 0) / count));
  const rows = Buffer.alloc((width + 1) * height);
  for (let pixel = 0; pixel < width * height; pixel += 1) {
    rows[pixel + Math.floor(pixel / width) + 1] = index.get(pixels.readUIntBE(pixel * BYTES, BYTES));
  }
  head[9] = 3;
  const body = [chunk("IHDR", head), chunk("PLTE", Buffer.from(boxes.flatMap(mean))), chunk("IDAT", deflateSync(rows, { level: 9 })), chunk("IEND", Buffer.alloc(0))];
  return Buffer.concat([SIGNATURE, ...body]);
}
