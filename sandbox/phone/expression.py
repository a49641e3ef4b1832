"""Lids that shut and a mouth that opens: what moves on a face while the head holds still."""

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from sandbox.phone.head import HEIGHT, WIDTH, Head
from sandbox.phone.landmarks import Picture, Points
from sandbox.phone.mesh import EYES, INNER_LIPS, LIPS, OVAL, WHOLE_FACE, Eye
from sandbox.phone.pose import Pose
from sandbox.phone.projection import Flat, rotation

_SHUT = 1.2  # of the way to the lower lid; the net's points lie inside the lids' edges
_CREASE = 0.30  # how much the skin above the lid follows
_SKIN_FROM, _SKIN_BELOW = 0.65, 0.25  # shares of lid and opening the net's points lie in the eye
_LASHES, _LASHES_DARK = (30, 28, 34), 0.8  # blue, green, red; and how much of it
_LOWER_LID = 0.05  # and how far the lower lid comes to meet it
_JAW_DEGREES = 17.0
_FEATHER, _SIDES = 0.10, 0.24  # where the jaw's skin fades into cheeks, in face widths
_HALF_JAW = 0.50
_TAPER = 0.75  # how much less the lower lip moves at the corners
_CAVITY = (22, 18, 44)  # blue, green, red of the inside of a mouth
_LASHES_FROM, _LASHES_THICK = 0.5, 3  # of a blink; pixels
_LID_WHOLE = 0.4  # of a blink: from then on a lid hides what the portrait has there
_LID_HIGH = 1.6  # up to where, over the way from its edge to the crease
_LID_SOFT, _LID_ROUND = 2.5, 0.07  # pixels it fades in, and how much darker its ends are
_SAMPLED = 9  # pixels square a colour of skin is the median of
_SKIN_SPREAD = (0.85, 1.15)  # of an eye's usual one: a rim or a glare below it is no skin
_SUBPIXEL_BITS = 4
_MARGIN = 6  # pixels
_DARK_FROM = 0.35  # of the opening: by then nothing of what the portrait showed there is left


class Expression:
    """Moves the vertices of one head, before the head itself turns."""

    def __init__(self, head: Head) -> None:
        """Work out how much each vertex belongs to the jaw, and what colour the lids have."""
        self._jaw = _jaw_weights(head)
        self._texture = head.texture
        self._skin = [_lid_skin(head, eye) for eye in EYES]
        solid = head.solid
        self._hinge = solid[[OVAL[9], OVAL[27]]].mean(axis=0) * (0, 1, 0.5)

    def made(self, solid: Points, pose: Pose) -> Points:
        """Return the vertices with the pose's lids and mouth; V × 3 in the head's own frame."""
        moved = solid.copy()
        if pose.mouth > 0:
            turn = rotation(Pose(pitch=-_JAW_DEGREES * pose.mouth))
            opened = (moved - self._hinge) @ turn.T + self._hinge
            moved += self._jaw[:, None] * (opened - moved)
        if pose.blink > 0:
            _shut(moved, pose.blink)
        return moved

    def texture(self, pose: Pose) -> Flat:
        """Return where the vertices find their colours, V × 2 pixels of the portrait.

        The net's points lie a little inside the eye's opening; the more the lids shut, the more
        what is stretched over the eye begins at skin.
        """
        if pose.blink <= 0:
            return self._texture
        texture = self._texture.copy()
        for eye in EYES:
            upper, lower, crease = (list(points) for points in (eye.upper, eye.lower, eye.crease))
            lid, opening = texture[crease] - texture[upper], texture[lower] - texture[upper]
            texture[upper] += pose.blink * _SKIN_FROM * lid
            texture[lower] += pose.blink * _SKIN_BELOW * opening
        return texture

    def painted(self, picture: Picture, screen: Flat, pose: Pose) -> None:
        """Paint what no portrait shows, in place: lids and their lashes, the inside of a mouth."""
        for eye, skin in zip(EYES, self._skin, strict=True) if pose.blink > 0 else ():
            outer, inner = eye.corners
            edge = screen[[outer, *eye.upper, inner]]
            top = edge + _LID_HIGH * (screen[[outer, *eye.crease, inner]] - edge)
            _lid(picture, edge, top, skin, min(1.0, pose.blink / _LID_WHOLE))
            if pose.blink > _LASHES_FROM:
                _line(picture, edge, pose.blink)
        if pose.mouth > 0:
            _cavity(picture, screen[list(INNER_LIPS)], min(1.0, pose.mouth / _DARK_FROM))


def _cavity(picture: Picture, lips: Flat, dark: float) -> None:
    """Blend the inside of a mouth between the lips' edges, N × 2, in place."""
    part, corners = _around(lips)
    region = picture[part]
    mask = np.zeros(region.shape[:2], np.float32)
    cv2.fillPoly(mask, [corners], dark, cv2.LINE_AA, shift=_SUBPIXEL_BITS)
    _blend(region, cv2.GaussianBlur(mask, (0, 0), 1.2), _CAVITY)


def _lid(picture: Picture, edge: Flat, top: Flat, skin: Flat, whole: float) -> None:
    """Blend a lid between its edge and its top, in place.

    Args:
        picture: The frame.
        edge: From corner to corner of the eye, 9 × 2.
        top: The same, where the lid ends above.
        skin: The lid's blue, green and red there, 9 × 3.
        whole: How much of it is seen, 0..1.
    """
    part, corners = _around(np.vstack((edge, top[::-1])))
    region = picture[part]
    along = edge[:, 0].argsort()
    columns = part[1].start + np.arange(region.shape[1])
    foot, high, *colour = (
        np.interp(columns, edge[along, 0], row[along]) for row in (edge[:, 1], top[:, 1], *skin.T)
    )
    rows = part[0].start + np.arange(region.shape[0])[:, None]
    down = np.clip((rows - high) / np.maximum(foot - high, 1), 0, 1)
    shade = 1 - _LID_ROUND * (2 * down - 1) ** 2
    mask = np.zeros(region.shape[:2], np.float32)
    cv2.fillPoly(mask, [corners], whole, cv2.LINE_AA, shift=_SUBPIXEL_BITS)
    soft = cv2.GaussianBlur(mask, (0, 0), _LID_SOFT)
    _blend(region, soft, shade[..., None] * np.column_stack(colour))


def _line(picture: Picture, lid: Flat, shut: float) -> None:
    """Blend a line of lashes along a lid's edge, N × 2, in place."""
    part, corners = _around(lid)
    region = picture[part]
    mask = np.zeros(region.shape[:2], np.float32)
    cv2.polylines(
        mask,
        [corners],
        isClosed=False,
        color=_LASHES_DARK * shut,
        thickness=_LASHES_THICK,
        lineType=cv2.LINE_AA,
        shift=_SUBPIXEL_BITS,
    )
    _blend(region, cv2.GaussianBlur(mask, (0, 0), 0.7), _LASHES)


def _around(flat: Flat) -> tuple[tuple[slice, slice], NDArray[np.int32]]:
    """Return the part of a picture around points, and the points in it, for OpenCV's drawing."""
    low = np.maximum(0, np.floor(flat.min(axis=0)).astype(int) - _MARGIN)
    high = np.maximum(low + 1, np.ceil(flat.max(axis=0)).astype(int) + _MARGIN)
    places = np.round((flat - low) * (1 << _SUBPIXEL_BITS)).astype(np.int32)
    return np.s_[low[1] : high[1], low[0] : high[0]], places


def _blend(region: Picture, mask: cv2.typing.MatLike, colour: ArrayLike) -> None:
    wanted = np.asarray(colour, np.float32)
    region[:] = np.round(region + mask[..., None] * (wanted - region))


def _shut(solid: Points, blink: float) -> None:
    """Bring upper lids down, in place."""
    for eye in EYES:
        upper, lower, crease = (list(points) for points in (eye.upper, eye.lower, eye.crease))
        way = solid[lower] - solid[upper]
        solid[upper] += blink * _SHUT * (1 - _LOWER_LID) * way
        solid[crease] += blink * _CREASE * way
        solid[lower] -= blink * _SHUT * _LOWER_LID * way


def _lid_skin(head: Head, eye: Eye) -> Flat:
    """Return a lid's blue, green and red from corner to corner, 9 × 3.

    They are the skin's below the eye: what is above it is often brow, shadow or a lens' rim.
    """
    smooth = cv2.medianBlur(head.picture, _SAMPLED)
    places = np.round(head.texture[list(eye.below)]).astype(int)
    x, y = np.clip(places, 0, (WIDTH - 1, HEIGHT - 1)).T
    found = smooth[y, x].astype(np.float64)
    usual, (least, most) = np.median(found, axis=0), _SKIN_SPREAD
    return np.pad(np.clip(found, least * usual, most * usual), ((1, 1), (0, 0)), mode="edge")


def _jaw_weights(head: Head) -> NDArray[np.float64]:
    """Return for each vertex the share of the jaw's motion it makes, 0..1."""
    face, width = head.solid[:WHOLE_FACE], head.lens.face_width
    corners = face[[LIPS[0][0], LIPS[0][10]]]
    middle = corners.mean(axis=0)
    below = _smooth((face[:, 1] - middle[1]) / (_FEATHER * width))
    aside = np.abs(face[:, 0] - middle[0]) / width
    weights = below * _smooth((_HALF_JAW - aside) / _SIDES)
    half = max(1.0, float(np.ptp(corners[:, 0])) / 2)
    for edge in LIPS:
        lower, upper = list(edge[1:10]), list(edge[11:])
        across = np.abs(face[lower, 0] - middle[0]) / half
        weights[lower] = 1 - _TAPER * np.clip(across, 0, 1) ** 2
        weights[upper] = 0
        weights[[edge[0], edge[10]]] = 1 - _TAPER
    return np.concatenate((weights, _behind(head, weights[list(OVAL)])))


def _behind(head: Head, edge: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the shares of the vertices behind the face: less with every ring, and none outside."""
    rings = (head.moving - WHOLE_FACE) // len(OVAL)
    fading = np.arange(rings - 1, -1, -1) / rings
    behind = (fading[:, None] * edge).ravel()
    return np.concatenate((behind, np.zeros(len(head.solid) - head.moving)))


def _smooth(part: NDArray[np.float64]) -> NDArray[np.float64]:
    part = np.clip(part, 0, 1)
    return np.asarray(part * part * (3 - 2 * part), np.float64)
