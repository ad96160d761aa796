"""Keys that are pictures: one picture, or a ZIP with one picture a key."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from PIL import Image, UnidentifiedImageError

from .problems import (
    DAMAGED_ARCHIVE,
    ENCRYPTED,
    NEEDS_PICTURES,
    NO_PICTURES,
    TOO_LARGE,
    TOO_MANY,
    LineProblem,
    UnreadableKeyList,
)

PICTURE_MEGABYTES = 2
MOST_PICTURES = 2000
UNPACKED_MEGABYTES = 100
MIMETYPES = {"PNG": "image/png", "JPEG": "image/jpeg", "GIF": "image/gif", "WEBP": "image/webp"}
_EXTENSIONS = (".png", ".jpg", ".jpeg", ".gif", ".webp")
_LIST_EXTENSIONS = (".csv", ".tsv", ".txt", ".xlsx", ".zip")
_LARGEST_PIXELS = 25_000_000
_DAMAGES = (
    EOFError, NotImplementedError, OSError, RuntimeError, ValueError, zipfile.BadZipFile, zlib.error
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture, or what is wrong with it.

    :param number: its place in the archive, from 1.
    :param filename: without folders.
    """

    number: int
    filename: str
    content: bytes = field(repr=False)
    mimetype: str = ""
    problem: LineProblem | None = None


def read_pictures(content: bytes, filename: str) -> list[Picture]:
    """The pictures of a file.

    :raises UnreadableKeyList: none, too many, or a damaged archive.
    """
    if not content.startswith(b"PK"):
        picture = _judged(1, filename, content)
        if picture.problem is LineProblem.NO_IMAGE:
            raise UnreadableKeyList(NEEDS_PICTURES)
        return [picture]
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            pictures = list(_members(archive))
    except _DAMAGES:
        raise UnreadableKeyList(DAMAGED_ARCHIVE) from None
    if all(picture.problem is LineProblem.NO_IMAGE for picture in pictures):
        raise UnreadableKeyList(NO_PICTURES)
    return pictures


def mimetype_of(content: bytes) -> str | None:
    """The type of a whole picture, or None where it is none."""
    try:
        with Image.open(io.BytesIO(content), formats=tuple(MIMETYPES)) as image:
            if image.width * image.height > _LARGEST_PIXELS:
                return None
            image.load()
            return MIMETYPES[image.format or ""]
    except (*_DAMAGES, KeyError, SyntaxError, UnidentifiedImageError, Image.DecompressionBombError):
        return None


def picture_extension(filename: str) -> str:
    """`.png` and the like; nothing where the name does not end as that of a picture."""
    extension = PurePosixPath(filename).suffix.lower()
    return extension if extension in _EXTENSIONS else ""


def harmless_name(filename: str) -> str:
    """The name of a list or archive; anything else may be a picture that is named after its code,
    and loses its name."""
    if PurePosixPath(filename).suffix.lower() in _LIST_EXTENSIONS:
        return filename
    return f"key{picture_extension(filename)}"


def _members(archive: zipfile.ZipFile) -> Iterator[Picture]:
    files = [each for each in archive.infolist() if _is_wanted(each)]
    if len(files) > MOST_PICTURES:
        raise UnreadableKeyList(TOO_MANY.fill(limit=MOST_PICTURES))
    if sum(each.file_size for each in files) > UNPACKED_MEGABYTES * 1024**2:
        raise UnreadableKeyList(TOO_LARGE.fill(megabytes=UNPACKED_MEGABYTES))
    if any(each.flag_bits & 1 for each in files):
        raise UnreadableKeyList(ENCRYPTED)
    for number, each in enumerate(files, start=1):
        name = PurePosixPath(each.filename).name
        if each.file_size > PICTURE_MEGABYTES * 1024**2:
            yield Picture(number, name, b"", problem=LineProblem.TOO_LARGE)
            continue
        yield _judged(number, name, archive.read(each))


def _is_wanted(member: zipfile.ZipInfo) -> bool:
    """No folders, and none of what a Mac puts beside the files."""
    path = PurePosixPath(member.filename)
    return not (member.is_dir() or path.name.startswith(".") or "__MACOSX" in path.parts)


def _judged(number: int, filename: str, content: bytes) -> Picture:
    if len(content) > PICTURE_MEGABYTES * 1024**2:
        return Picture(number, filename, b"", problem=LineProblem.TOO_LARGE)
    mimetype = mimetype_of(content)
    if mimetype is None:
        return Picture(number, filename, b"", problem=LineProblem.NO_IMAGE)
    return Picture(number, filename, content, mimetype)
