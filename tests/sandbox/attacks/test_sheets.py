"""How paper, glass and injected heads answer the screen's light, on a real portrait's head."""

import numpy as np
import pytest

from sandbox.phone.attacks.held import Hand, SheetSubject, Wall
from sandbox.phone.attacks.injections import Tinted, Unlit
from sandbox.phone.attacks.materials import Glass, Material, Paper
from sandbox.phone.attacks.sheet import Sheet, cut_out
from sandbox.phone.attacks.surfaces import Cylinder, Plane, Surface
from sandbox.phone.head import Head
from sandbox.phone.landmarks import Picture
from sandbox.phone.pose import Pose
from sandbox.phone.rendering import HeadSubject, Subject
from sandbox.phone.setting import Setting
from sandbox.phone.shine import DARK, Shine
from sandbox.phone.steps import Segment

SETTING = Setting(ratio=1.5)
STEADY = Hand(swing=1.0, wobble=0.0)
WHITE = Shine.of(Segment(pattern="full", first="#ffffff", second="#ffffff"))
LEFT = Shine.of(Segment(pattern="left_right", first="#ffffff", second="#000000"))
RIGHT = Shine.of(Segment(pattern="left_right", first="#000000", second="#ffffff"))


def held(head: Head, surface: Surface, material: Material | None = None) -> SheetSubject:
    x, y = head.lens.pivot[:2].tolist()
    grain = np.random.default_rng(2).integers(70, 110, head.picture.shape[:2])  # finer than a step
    grey = np.repeat(grain[..., None], 3, axis=2).astype(np.uint8)
    cut = cut_out(grey, middle=(x, y), half=(140, 190), margin=6)
    return SheetSubject(
        lambda _: cut,
        sheet=Sheet(surface, lens=head.lens),
        material=material or Paper(head.lens, SETTING),
        behind=Wall(head, SETTING),
        hand=STEADY,
        rng=np.random.default_rng(1),
    )


def linear(picture: Picture, head: Head, side: float) -> float:
    """Mean linear light of a patch, `side` face widths to the picture's right of the middle."""
    middle_x, middle_y, _ = head.lens.pivot.tolist()
    x, y = round(middle_x + side * head.lens.face_width), round(middle_y)
    return float(((picture[y - 20 : y + 20, x - 9 : x + 9] / 255.0) ** 2.2).mean())


def gain(subject: Subject, head: Head, shine: Shine, side: float) -> float:
    """How much the screen adds at a place, over what the room gives."""
    lit, unlit = (subject.picture(Pose(), light) for light in (shine, DARK))
    return linear(lit, head, side) / linear(unlit, head, side) - 1


def half_ratio(subject: Subject, head: Head) -> float:
    """Log-ratio of the halves' gains on the picture's right, less the same on its left."""
    right, left = (
        np.log(gain(subject, head, LEFT, side) / gain(subject, head, RIGHT, side))
        for side in (0.33, -0.33)
    )
    return float(right - left)


def test_flat_paper_answers_as_strongly_as_skin_but_has_no_relief(head: Head) -> None:
    paper, person = held(head, Plane()), HeadSubject(head, setting=SETTING)
    assert gain(paper, head, WHITE, 0.0) == pytest.approx(SETTING.ratio, rel=0.1)
    assert half_ratio(paper, head) < 0.7 * half_ratio(person, head)


def test_paper_bent_around_an_upright_axis_has_some_relief(head: Head) -> None:
    bent = Cylinder(radius=0.8 * head.lens.face_width, upright=True)
    assert half_ratio(held(head, bent), head) > 1.5 * half_ratio(held(head, Plane()), head)


def test_a_screen_hardly_answers_light(head: Head) -> None:
    glass = Glass(head.lens, SETTING, brightness=0.8, haze=0.02, pitch=7.3, moire=0.03)
    screen = held(head, Plane(), glass)
    assert gain(screen, head, WHITE, 0.0) < 0.2 * SETTING.ratio


def test_a_turned_sheet_is_narrower_and_the_wall_shows_beside_it(head: Head) -> None:
    subject, middle = held(head, Plane()), round(head.lens.pivot[1])
    wall = Wall(head, SETTING).picture(Pose())[middle].astype(int)
    wide, narrow = (
        int((np.abs(subject.picture(pose)[middle] - wall).max(axis=1) > 3).sum())
        for pose in (Pose(), Pose(yaw=50))
    )
    assert 0.5 < narrow / wide < 0.8


def test_software_that_knows_no_screen_shows_the_same_whatever_shines(head: Head) -> None:
    subject = Unlit(HeadSubject(head, setting=SETTING))
    assert np.array_equal(subject.picture(Pose(), WHITE), subject.picture(Pose(), DARK))


def test_a_tint_is_the_same_all_over_the_face(head: Head) -> None:
    subject = Tinted(
        HeadSubject(head, setting=SETTING), still=head, setting=SETTING, everything=False
    )
    assert gain(subject, head, WHITE, 0.2) == pytest.approx(SETTING.ratio, rel=0.15)
    assert abs(half_ratio(subject, head)) < 0.1
