"""Telling a PNG from what only calls itself one."""

import struct
import zlib

MAGIC = b"\x89PNG\r\n\x1a\n"


def is_png(data: bytes) -> bool:
    """Whether the bytes are a whole PNG: its signature, sound chunks from IHDR to IEND, and nothing after."""
    if not data.startswith(MAGIC):
        return False
    at, kind, first = len(MAGIC), b"", True
    while at + 12 <= len(data):
        (length,) = struct.unpack_from(">I", data, at)
        end = at + 12 + length
        if end > len(data):
            return False
        kind = data[at + 4 : at + 8]
        (crc,) = struct.unpack_from(">I", data, end - 4)
        if zlib.crc32(data[at + 4 : end - 4]) != crc or (first and kind != b"IHDR"):
            return False
        if kind == b"IEND":
            return end == len(data)
        at, first = end, False
    return False
