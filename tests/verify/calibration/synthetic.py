"""Faces made of numbers: a picture file holds "person:picture", its face is drawn from a seed."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from verify.errors import FaceRefused
from verify.results import Embedding, QualityReason


def embedding(person: int, picture: int, *, noise: float = 0.6) -> Embedding:
    """A face that resembles the same person's others, less so with more noise."""
    own = np.random.default_rng([1, person]).normal(size=(2, 128))
    own += noise * np.random.default_rng([2, person, picture]).normal(size=(2, 128))
    own /= np.linalg.norm(own, axis=1, keepdims=True)
    return Embedding(
        sface=own[0].astype("<f4").tobytes(),
        dlib=own[1].astype("<f4").tobytes(),
    )


def describe(content: bytes) -> Embedding:
    """What `Measurer.enrol` does for photographs."""
    if content == b"wall":
        raise FaceRefused(QualityReason.NO_FACE)
    person, picture = content.decode().split(":")
    return embedding(int(person), int(picture))


def write_people(folder: Path, *, persons: int, pictures: int = 2) -> list[list[str]]:
    """Write picture files; return their names by person."""
    names = []
    for person in range(persons):
        names.append([f"p{person}/{picture}.jpg" for picture in range(pictures)])
        (folder / f"p{person}").mkdir()
        for picture, name in enumerate(names[-1]):
            (folder / name).write_text(f"{person}:{picture}")
    return names


def write_pairs(path: Path, *lines: str, header: str = "path_a,path_b,same,group") -> Path:
    path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    return path
