"""The fused score of `verify.matching`, for thousands of pairs at a time."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from verify.errors import EvidenceRefused
from verify.results import Embedding

Floats = NDArray[np.float64]
_LENGTH = 128
_DISTANCE_WEIGHT = 0.5
_BLANK = -1.0
"""The cosine of a descriptor of length zero."""


class Faces:
    """Descriptors of n faces as two (n, 128) matrices."""

    def __init__(self, embeddings: Sequence[Embedding]) -> None:
        """Unpack the descriptors.

        Raises:
            EvidenceRefused: One is not 128 numbers long.
        """
        sface = _matrix([one.sface for one in embeddings])
        lengths = np.linalg.norm(sface, axis=1, keepdims=True)
        self._blank = (lengths == 0)[:, 0]
        self._sface = sface / np.where(lengths == 0, 1, lengths)
        self._dlib = _matrix([one.dlib for one in embeddings])

    def between(self, first: NDArray[np.int64], second: NDArray[np.int64]) -> Floats:
        """Return the scores (m,) of pairs given by place."""
        cosine = np.sum(self._sface[first] * self._sface[second], axis=1)
        cosine[self._blank[first] | self._blank[second]] = _BLANK
        distance = np.linalg.norm(self._dlib[first] - self._dlib[second], axis=1)
        return np.asarray(cosine - _DISTANCE_WEIGHT * distance, np.float64)

    def following(self, index: int) -> Floats:
        """Return the scores of face `index` with every later one."""
        later = slice(index + 1, None)
        cosine = self._sface[later] @ self._sface[index]
        cosine[self._blank[later] | self._blank[index]] = _BLANK
        distance = np.linalg.norm(self._dlib[later] - self._dlib[index], axis=1)
        return np.asarray(cosine - _DISTANCE_WEIGHT * distance, np.float64)


def _matrix(rows: Sequence[bytes]) -> NDArray[np.float64]:
    if any(len(row) != 4 * _LENGTH for row in rows):
        raise EvidenceRefused
    return np.frombuffer(b"".join(rows), "<f4").reshape(-1, _LENGTH).astype(np.float64)
