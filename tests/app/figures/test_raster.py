"""Pictures of points, decoded again."""

import struct
import zlib

import numpy as np

from stateline.app.figures.raster import png, scatter_png


def decode(file: bytes) -> np.ndarray:
    """Pixels of a PNG that uses filter 0 only; every chunk's sum is verified."""
    assert file[:8] == b"\x89PNG\r\n\x1a\n"
    at, chunks = 8, {}
    while at < len(file):
        (length,) = struct.unpack(">I", file[at : at + 4])
        name, body = file[at + 4 : at + 8], file[at + 8 : at + 8 + length]
        (crc,) = struct.unpack(">I", file[at + 8 + length : at + 12 + length])
        assert crc == zlib.crc32(name + body)
        chunks[name] = body
        at += 12 + length
    width, height = struct.unpack(">II", chunks[b"IHDR"][:8])
    rows = np.frombuffer(zlib.decompress(chunks[b"IDAT"]), dtype=np.uint8)
    rows = rows.reshape(height, 1 + 4 * width)
    assert not rows[:, 0].any()
    return rows[:, 1:].reshape(height, width, 4)


def test_a_png_holds_the_pixels_it_was_made_of() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (5, 7, 4), dtype=np.uint8)
    assert (decode(png(pixels)) == pixels).all()


def test_points_lie_where_their_coordinates_say_in_their_colour() -> None:
    x = np.array([0, 1], dtype=np.float32)
    y = np.array([0, 1], dtype=np.float32)
    pixels = decode(scatter_png(x, y, np.array([0, 1]), ["#ff0000", "#0000ff"], 60, 40))
    rows, columns = np.nonzero(pixels[..., 3])
    red = pixels[..., 0] == 255
    assert (pixels[rows, columns, 3] > 80).all()
    # The first point is left of the second and, as y grows upwards, below it.
    assert np.nonzero(red)[1].max() < columns.max()
    assert np.nonzero(red)[0].min() > rows.min()


def test_a_single_point_and_equal_points_are_drawn() -> None:
    for count in (1, 3):
        same = np.zeros(count, dtype=np.float32)
        pixels = decode(scatter_png(same, same, np.zeros(count, dtype=int), ["#123456"], 20, 10))
        assert (pixels[..., 3] > 0).sum() == 9
