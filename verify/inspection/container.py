"""Which kind of film a file is, by its first bytes.

The decoder's library follows playlists and lists of files that name others, also over the
network. So only containers that hold their own frames are let through to it.
"""

from pathlib import Path

from verify.errors import ClipRefused, Code

_HEAD = 16
_STARTS = {b"\x1a\x45\xdf\xa3": "webm", b"GIF87a": "gif", b"GIF89a": "gif"}
_BOXES = {b"ftyp": "mp4", b"moov": "mov", b"mdat": "mov", b"wide": "mov", b"free": "mov"}
"""ISO/IEC 14496-12: the four letters after the length of the first box."""


def container(path: Path, *, max_bytes: int) -> str:
    """Return "mp4", "mov", "webm", "gif" or "avi"; Matroska counts as webm.

    Raises:
        ClipRefused: CLIP_UNREADABLE for no such plain file, CLIP_TOO_LARGE, or CLIP_UNSUPPORTED.
    """
    try:
        if not path.is_file():
            raise ClipRefused(Code.CLIP_UNREADABLE)
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError as error:
        raise ClipRefused(Code.CLIP_UNREADABLE) from error
    if size > max_bytes:
        raise ClipRefused(Code.CLIP_TOO_LARGE)
    return _named(head)


def _named(head: bytes) -> str:
    for start, name in _STARTS.items():
        if head.startswith(start):
            return name
    if head.startswith(b"RIFF") and head[8:12] == b"AVI ":
        return "avi"
    if head[4:8] not in _BOXES:
        raise ClipRefused(Code.CLIP_UNSUPPORTED)
    return "mov" if head[8:12] == b"qt  " else _BOXES[head[4:8]]
