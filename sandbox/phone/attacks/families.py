"""All attack families by name."""

from collections.abc import Callable
from dataclasses import dataclass

from sandbox.phone.attacks import films, injections, papers, screens
from sandbox.phone.attacks.scene import Scene
from sandbox.phone.session import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """One way to attack."""

    cast: Callable[[Scene], Actor]
    """Draws one attacker of this family; its documentation says what it does."""
    held_out: bool = False
    """Not shown to whoever fits weights and thresholds."""
    known_to_pass: bool = False
    """Looks like a living head in everything a camera sees; reported, not counted as a failure."""

    @property
    def name(self) -> str:
        """As figures name it."""
        return self.cast.__name__


FAMILIES = (
    Family(cast=papers.flat_print),
    Family(cast=papers.bent_print, held_out=True),
    Family(cast=papers.cutout_eyes),
    Family(cast=papers.paper_mask, held_out=True),
    Family(cast=screens.screen_replay),
    Family(cast=films.old_session_replay),
    Family(cast=films.spliced_sessions, held_out=True),
    Family(cast=films.frozen_frame),
    Family(cast=films.wrong_order),
    Family(cast=films.two_people_swap),
    Family(cast=films.slipped_frames, held_out=True),
    Family(cast=films.impostor),
    Family(cast=injections.virtual_camera_no_light),
    Family(cast=injections.half_relit),
    Family(cast=injections.relit_deepfake_lag),
    Family(cast=injections.relit_deepfake, known_to_pass=True),
)


def family(name: str) -> Family:
    """Return one by its name; ``StopIteration`` if there is none."""
    return next(each for each in FAMILIES if each.name == name)
