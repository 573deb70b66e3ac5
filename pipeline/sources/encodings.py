"""Text files as bytes: which encoding they are in, and their text.

A mark at the beginning decides, then whether the bytes are UTF-8. Other single bytes are read as
Windows-1252 only where they make letters and signs of Western European text; for anything else
the file is refused with the encoding that charset-normalizer finds most likely, since a guess that
is wrong would change words without a trace.
"""

import codecs
import re

from stateline.store.errors import StatelineError

# Longer marks first: that of UTF-32 begins with that of UTF-16.
MARKS = {
    codecs.BOM_UTF32_LE: ("utf-32", "UTF-32"),
    codecs.BOM_UTF32_BE: ("utf-32", "UTF-32"),
    codecs.BOM_UTF8: ("utf-8-sig", "UTF-8"),
    codecs.BOM_UTF16_LE: ("utf-16", "UTF-16"),
    codecs.BOM_UTF16_BE: ("utf-16", "UTF-16"),
}
# Letters and signs beyond ASCII of Western European text; letters are told from signs, since a sign
# between two letters shows another encoding.
WESTERN_LETTERS = "àâäáãåæçéèêëíìîïñóòôöõøœúùûüýÿßÀÂÄÁÃÅÆÇÉÈÊËÍÌÎÏÑÓÒÔÖÕØŒÚÙÛÜÝŸ"
WESTERN_SIGNS = "‘’“”‚„–—…€£¥¢§°´«»‹›¡¿•·™©®½¼¾ªº±×÷µ¶¬¦†‡‰ƒˆ˜\xa0"
# In Western European text three accented letters seldom stand side by side; in Cyrillic, Greek or
# Chinese that is read as if it were Western, nearly all do.
MAX_IN_RUNS = 0.3
MIN_WESTERN = 0.92
# A character of several bytes.
UTF8 = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
# What is decoded to look for the encoding, in bytes.
SAMPLE = 200_000


def decode(data: bytes, where: object, encoding: str = "") -> tuple[str, str]:
    """Return the text of a file and the name of its encoding.

    where     file, for error messages
    encoding  as the user names it; empty: found from the bytes
    raises    StatelineError  binary data, bytes that the encoding does not have, or an encoding
              that cannot be told for certain
    """
    if encoding:
        return decode_as(data, encoding, where), encoding
    for mark, (codec, name) in MARKS.items():
        if data.startswith(mark):
            return decode_as(data, codec, where), name
    wide = unmarked_utf16(data)
    if wide:
        return decode_as(data, wide, where), "UTF-16 without a mark"
    if b"\0" in data:
        raise StatelineError(
            where, "is binary", expected="text", got="bytes of value 0", fix="Export it as CSV."
        )
    try:
        return data.decode("utf-8"), "UTF-8"
    except UnicodeDecodeError as error:
        refuse_damaged_utf8(data, error, where)
        if is_western(data):
            return data.decode("cp1252"), "cp1252"
        raise other_encoding(data, error, where) from None


def decode_as(data: bytes, encoding: str, where: object) -> str:
    """Return the text of bytes in a named encoding.

    raises  StatelineError  there is no such encoding, or bytes that it does not have
    """
    try:
        text = data.decode(encoding)
    except LookupError:
        raise StatelineError(
            f"ENCODING={encoding}",
            "unknown encoding",
            expected="one that Python has, such as utf-8, cp1252, cp1251, gb18030 or shift_jis",
        ) from None
    except UnicodeError as error:
        raise StatelineError(
            where, f"is not {encoding} ({error})", fix="Name another encoding: ENCODING="
        ) from None
    return text.removeprefix("\ufeff")


def unmarked_utf16(data: bytes) -> str:
    """Return the codec of UTF-16 without a mark; empty where it is none.

    Half of the bytes of mostly Latin text are then 0, at even or at odd places.
    """
    sample = data[:SAMPLE]
    pairs = len(sample) // 2
    high, low = sample[1::2].count(0), sample[0 : 2 * pairs : 2].count(0)
    if pairs and high > 0.4 * pairs and low == 0:
        return "utf-16-le"
    return "utf-16-be" if pairs and low > 0.4 * pairs and high == 0 else ""


def refuse_damaged_utf8(data: bytes, error: UnicodeDecodeError, where: object) -> None:
    """Check that a file that is not UTF-8 is not merely a damaged one.

    error   the first byte that is not UTF-8
    raises  StatelineError  most characters beyond ASCII are valid UTF-8
    """
    valid = sum(map(len, UTF8.findall(data)))
    beyond = len(data) - len(data.translate(None, bytes(range(0x80, 0x100))))
    if 2 * valid > beyond:
        raise StatelineError(
            where,
            f"is UTF-8 but for some bytes, the first in line {line_of(data, error.start)}",
            got=f"byte 0x{data[error.start]:02x}",
            fix=f"Take them out: iconv -c -f UTF-8 -t UTF-8 {where} > repaired, or name the "
            "encoding: ENCODING=cp1252",
        )


def line_of(data: bytes, position: int) -> int:
    """Return the number of the line, counted from 1, that holds a byte."""
    return data.count(b"\n", 0, position) + 1


def is_western(data: bytes) -> bool:
    """Return whether bytes that are not UTF-8 are Western European text in Windows-1252."""
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        return False
    beyond = len(re.findall(r"[^\x00-\x7f]", text))
    letters = len(re.findall(f"[{WESTERN_LETTERS}]", text))
    between = rf"(?<=[^\W\d_])[{re.sub('[’´]', '', WESTERN_SIGNS)}](?=[^\W\d_])"
    signs = len(re.findall(f"[{WESTERN_SIGNS}]", text)) - len(re.findall(between, text))
    in_runs = sum(len(run) for run in re.findall(r"[^\W\x00-\x7f]{3,}", text))
    # õ without ã is the ő of Hungarian in Windows-1250.
    hungarian = text.count("õ") > text.count("ã")
    western = letters + signs >= MIN_WESTERN * beyond and in_runs <= MAX_IN_RUNS * beyond
    return western and not hungarian


def other_encoding(data: bytes, error: UnicodeDecodeError, where: object) -> StatelineError:
    """Return the error for a file whose encoding cannot be told, with the most likely one."""
    from charset_normalizer import from_bytes

    best = from_bytes(data[:SAMPLE]).best()
    names = dict.fromkeys([*([best.encoding] if best is not None else []), "cp1252"])
    return StatelineError(
        where,
        f"is not UTF-8 in line {line_of(data, error.start)}",
        got=f"byte 0x{data[error.start]:02x}",
        fix=f"Name its encoding, perhaps ENCODING={' or '.join(names)}",
    )
