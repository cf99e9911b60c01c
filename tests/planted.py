"""Looking for planted secrets: in every file, in each form in which a program could write one."""

from __future__ import annotations

import gzip
import json
import zipfile
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterable, Iterator, Mapping
from io import BytesIO
from pathlib import Path
from urllib.parse import quote

SHORTEST = 6  # bytes of a base64 form that must be left when its ends are cut off


def forms(secret: bytes) -> dict[str, bytes]:
    """Return, by name, each spelling of `secret` that is looked for."""
    found = {
        "raw": secret,
        "hex": secret.hex().encode(),
        "HEX": secret.hex().upper().encode(),
    }
    for name, encode in (("base64", b64encode), ("base64url", urlsafe_b64encode)):
        for shift in range(3):
            found[f"{name}, {shift} bytes in"] = _aligned(
                encode(bytes(shift) + secret), shift
            )
    try:
        text = secret.decode()
    except UnicodeDecodeError:
        return found
    found["UTF-16"] = text.encode("utf-16-le")
    found["in an address"] = quote(text, safe="").encode()
    for name, ascii_only in (("JSON", False), ("ASCII JSON", True)):
        once = json.dumps(text, ensure_ascii=ascii_only)[1:-1]
        found[name] = once.encode()
        found[f"{name} in {name}"] = json.dumps(once, ensure_ascii=ascii_only)[
            1:-1
        ].encode()
    return found


def _aligned(encoded: bytes, shift: int) -> bytes:
    """Cut off the characters that also hold bits of what stands before and after."""
    body = encoded.rstrip(b"=")
    first = -(-shift * 8 // 6)
    whole = body[first : len(body) - (1 if len(encoded) != len(body) else 0)]
    assert len(whole) >= SHORTEST
    return whole


class Scanner:
    """Knows secrets by name, and where each is found."""

    def __init__(self, secrets: Mapping[str, bytes]) -> None:
        self._needles = {
            (name, form): needle
            for name, secret in secrets.items()
            for form, needle in forms(secret).items()
        }

    def find(self, data: bytes) -> set[tuple[str, str]]:
        """Return the (secret, form) pairs found in `data`, in what it packs too."""
        return {
            key
            for one in unpacked(data)
            for key, needle in self._needles.items()
            if needle in one
        }

    def scan(self, files: Iterable[Path]) -> dict[Path, set[tuple[str, str]]]:
        """Return what is found in each file, its name included; only files with something."""
        found = {
            path: self.find(str(path).encode() + b"\n" + path.read_bytes())
            | self.find(path.read_bytes())
            for path in files
        }
        return {path: some for path, some in found.items() if some}


def unpacked(data: bytes) -> Iterator[bytes]:
    """Yield `data`, and what it holds where it is a ZIP or gzip file."""
    yield data
    if data.startswith(b"\x1f\x8b"):
        yield gzip.decompress(data)
    if zipfile.is_zipfile(BytesIO(data)):
        with zipfile.ZipFile(BytesIO(data)) as packed:
            yield from (packed.read(name) for name in packed.namelist())


def files_under(*folders: Path) -> list[Path]:
    return [one for folder in folders for one in sorted(folder.rglob("*")) if one.is_file()]
