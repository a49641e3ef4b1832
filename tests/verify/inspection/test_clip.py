from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.verify.inspection import films
from verify.errors import ClipRefused
from verify.inspection.clip import Clip
from verify.inspection.limits import CLIP_LIMITS, ClipLimits

HEADS = (b"\x1a\x45\xdf\xa3", b"GIF89a", b"\x00\x00\x00\x18ftypisom", b"RIFF\x00\x00\x00\x00AVI ")


def watched(path: Path, limits: ClipLimits = CLIP_LIMITS) -> int | str:
    """How many frames are seen, or why none."""
    try:
        with Clip(path, limits) as clip:
            return len(list(clip.frames()))
    except ClipRefused as error:
        return error.code


def refused(path: Path, limits: ClipLimits = CLIP_LIMITS) -> str:
    with pytest.raises(ClipRefused) as caught, Clip(path, limits) as clip:
        list(clip.frames())
    return caught.value.code


@pytest.mark.parametrize("kind", ["mp4", "mov", "webm", "avi", "gif"])
def test_every_kind_of_film_is_read_with_its_times(tmp_path: Path, kind: str) -> None:
    path = films.film(tmp_path / f"film.{kind}", films.noise(12), fps=12.5)
    with Clip(path, CLIP_LIMITS) as clip:
        frames = list(clip.frames())
    assert (clip.format, clip.width, clip.height, clip.passed) == (kind, 80, 60, 12)
    assert [frame.t_ms for frame in frames] == pytest.approx([80 * i for i in range(12)], abs=2)
    assert frames[0].pixels.shape == (60, 80, 3)


def test_a_film_that_does_not_say_how_long_it_is_is_counted(tmp_path: Path) -> None:
    path = films.without_duration(films.film(tmp_path / "film.webm", films.noise(20)))
    few = replace(CLIP_LIMITS, max_frames=5)
    with Clip(path, few) as clip:
        assert len(list(clip.frames())) == 5
    assert clip.passed == 20


def test_too_many_frames_are_sampled_at_equal_distances(tmp_path: Path) -> None:
    path = films.film(tmp_path / "film.mp4", films.noise(20), fps=10)
    with Clip(path, replace(CLIP_LIMITS, max_frames=7)) as clip:
        times = [frame.t_ms for frame in clip.frames()]
    assert times == pytest.approx([0, 300, 600, 900, 1200, 1500, 1800], abs=2)


def test_a_large_frame_is_made_smaller_before_it_is_kept(tmp_path: Path) -> None:
    path = films.film(tmp_path / "film.avi", films.noise(1, width=2000, height=400))
    with Clip(path, CLIP_LIMITS) as clip:
        (frame,) = clip.frames()
    assert frame.pixels.shape == (256, 1280, 3)


@pytest.mark.parametrize(
    ("limit", "code"),
    [
        ({"max_bytes": 1000}, "CLIP_TOO_LARGE"),
        ({"max_pixels": 80 * 60 - 1}, "CLIP_TOO_MANY_PIXELS"),
        ({"max_seconds": 1.0}, "CLIP_TOO_LONG"),
    ],
)
@pytest.mark.parametrize("kind", ["mp4", "webm", "gif"])
def test_what_is_beyond_a_limit_is_refused(
    tmp_path: Path, kind: str, limit: dict[str, float], code: str
) -> None:
    path = films.film(tmp_path / f"film.{kind}", films.noise(20), fps=15)
    assert refused(path, replace(CLIP_LIMITS, **limit)) == code  # type: ignore[arg-type]


def test_a_film_that_says_it_is_too_long_is_not_begun(tmp_path: Path) -> None:
    path = films.film(tmp_path / "film.mp4", films.noise(20), fps=15)
    with pytest.raises(ClipRefused, match="CLIP_TOO_LONG"):
        Clip(path, replace(CLIP_LIMITS, max_seconds=1.0))


def test_a_film_that_is_longer_than_it_says_is_refused_on_the_way(tmp_path: Path) -> None:
    path = films.without_duration(films.film(tmp_path / "film.webm", films.noise(20)))
    assert refused(path, replace(CLIP_LIMITS, max_seconds=1.0)) == "CLIP_TOO_LONG"


@pytest.mark.parametrize("side", [3000, 8000, 20000, 65535])
def test_a_huge_frame_is_refused_by_what_the_file_says(tmp_path: Path, side: int) -> None:
    code = refused(films.huge(tmp_path / "huge.gif", side))
    assert code in {"CLIP_TOO_MANY_PIXELS", "CLIP_UNREADABLE"}


def test_sound_alone_is_no_film(tmp_path: Path) -> None:
    assert refused(films.audio_only(tmp_path / "sound.webm")) == "CLIP_UNREADABLE"


def test_a_film_without_frames_is_unreadable(tmp_path: Path) -> None:
    path = films.film(tmp_path / "film.avi", films.noise(1))
    content = path.read_bytes()
    path.write_bytes(content[: content.index(b"movi") + 4])
    assert refused(path) == "CLIP_UNREADABLE"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "CLIP_UNSUPPORTED"),
        (b"#EXTM3U\n#EXTINF:1,\n/etc/passwd\n", "CLIP_UNSUPPORTED"),
        (b"ffconcat version 1.0\nfile 'other.mp4'\n", "CLIP_UNSUPPORTED"),
        (b"RIFF\x24\x00\x00\x00WAVEfmt ", "CLIP_UNSUPPORTED"),
        (b"\xff\xd8\xff\xe0 a JPEG", "CLIP_UNSUPPORTED"),
        (b"\x00\x00\x00\x18ftypisom" + bytes(400), "CLIP_UNREADABLE"),
        (b"GIF89a", "CLIP_UNREADABLE"),
    ],
    ids=["empty", "playlist", "list", "sound", "picture", "broken mp4", "broken gif"],
)
def test_what_is_no_film_is_refused(tmp_path: Path, content: bytes, code: str) -> None:
    path = tmp_path / "film.mp4"
    path.write_bytes(content)
    assert refused(path) == code


@pytest.mark.parametrize("name", ["absent.mp4", "img_%02d.png", "http://localhost/film.mp4"])
def test_only_a_plain_file_is_opened(tmp_path: Path, name: str) -> None:
    assert refused(tmp_path / name) == "CLIP_UNREADABLE"
    assert refused(tmp_path) == "CLIP_UNREADABLE"


def test_the_empty_limits_refuse(tmp_path: Path) -> None:
    path = films.film(tmp_path / "film.mp4", films.noise(3))
    assert refused(path, ClipLimits()) == "CLIP_TOO_LARGE"


@pytest.mark.parametrize("kind", ["mp4", "webm", "gif"])
def test_half_a_film_is_refused_or_read_as_far_as_it_goes(tmp_path: Path, kind: str) -> None:
    path = films.film(tmp_path / f"film.{kind}", films.noise(12))
    content = path.read_bytes()
    for part in range(1, 8):
        path.write_bytes(content[: len(content) * part // 8])
        assert watched(path) in {"CLIP_UNREADABLE", *range(1, 13)}


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(head=st.sampled_from((b"", *HEADS)), body=st.binary(max_size=300))
def test_any_bytes_are_refused_or_read(tmp_path: Path, head: bytes, body: bytes) -> None:
    path = tmp_path / "film"
    path.write_bytes(head + body)
    seen = watched(path)
    assert isinstance(seen, int) or seen.startswith("CLIP_")
