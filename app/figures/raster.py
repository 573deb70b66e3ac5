"""PNG pictures of many points, drawn by counting points a pixel."""

import struct
import zlib

import numpy as np

from stateline.app.figures.colours import rgb

FAINTEST = 0.35  # opacity of a single point
MARGIN = 8  # pixels

Place = tuple[float, float, float]  # scale, left and top, see pixel_place


def png(pixels: np.ndarray) -> bytes:
    """Return a PNG file.

    pixels  uint8 (height, width, 4)  RGBA
    """
    height, width, _ = pixels.shape
    rows = np.zeros((height, 1 + width * 4), dtype=np.uint8)  # filter byte 0 before each row
    rows[:, 1:] = pixels.reshape(height, -1)
    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(rows.tobytes(), 6)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, body) for name, body in parts)


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def scatter_png(
    x: np.ndarray,
    y: np.ndarray,
    bins: np.ndarray,
    colours: list[str],
    width: int,
    height: int,
    margin: int = MARGIN,
    mapping: Place | None = None,
) -> bytes:
    """Draw every point as a dot of 3 x 3 pixels on a transparent background, opaque where dense.

    x, y     float32 (n,)  coordinates; both axes get the same scale
    bins     uint8   (n,)  index into colours
    margin   pixels around all points
    mapping  from `pixel_place`, of more points than these; None: of these
    returns  PNG file; a pixel where colours meet has their mean
    """
    scale, left, top = mapping or pixel_place(x, y, width, height, margin)
    # In float64: far from the origin a float32 would lose the pixel.
    columns = np.clip(np.rint(left + scale * x.astype(float)), 1, width - 2).astype(np.int64)
    rows = np.clip(np.rint(top - scale * y.astype(float)), 1, height - 2).astype(np.int64)
    count = np.zeros((height, width))
    colour_sum = np.zeros((height, width, 3))
    palette = np.array([rgb(colour) for colour in colours])
    for down in (-1, 0, 1):
        for right in (-1, 0, 1):
            place = (rows + down) * width + columns + right
            weight = 1.0 if down == right == 0 else 0.5
            count += weight * np.bincount(place, minlength=count.size).reshape(count.shape)
            for channel in range(3):
                colour_sum[..., channel] += weight * np.bincount(
                    place, palette[bins, channel], minlength=count.size
                ).reshape(count.shape)
    pixels = np.zeros((height, width, 4), dtype=np.uint8)
    hit = count > 0
    pixels[hit, :3] = np.rint(colour_sum[hit] / count[hit, None])
    solid = 1 - np.exp(-count[hit] / max(1.0, np.quantile(count[hit], 0.6)))
    pixels[hit, 3] = np.rint(255 * (FAINTEST + (1 - FAINTEST) * solid))
    return png(pixels)


def pixel_place(
    x: np.ndarray, y: np.ndarray, width: int, height: int, margin: int = MARGIN
) -> Place:
    """Return how a picture maps coordinates to pixels, so that drawings can be laid over it.

    x, y     float32 (n,)  coordinates of every point of the picture
    returns  scale, left and top: the pixel of (x, y) is (left + scale * x, top - scale * y);
             the same scale on both axes, all points centred
    """
    low_x, high_x, low_y, high_y = (float(v) for v in (x.min(), x.max(), y.min(), y.max()))
    room = (width - 2 * margin, height - 2 * margin)
    spread = max((high_x - low_x) / room[0], (high_y - low_y) / room[1]) or 1.0
    left = width / 2 - (low_x + high_x) / 2 / spread
    top = height / 2 + (low_y + high_y) / 2 / spread
    return 1 / spread, left, top
