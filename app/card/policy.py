"""What the card's service may do for how long: a value, set by the wiring."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class CardPolicy:
    """The card's times."""

    code_life: timedelta = timedelta(seconds=60)
    """A phone refreshes its code when this is over."""
    face_max_age: timedelta = timedelta(days=180)
    """A device whose last face verification is older shows no codes until it is bound again."""
    presence_life: timedelta = timedelta(minutes=30)
    """How long a terminal may work with what it got; also the longest the design allows."""
    keep_unused_codes: timedelta = timedelta(days=1)
    """How long an ended code nobody used is told apart from an unknown one."""
    offline_face_max_age: timedelta = timedelta(days=30)
    """A device whose last face verification is older gets no credentials for offline codes: whoever
    is shown one cannot ask anybody."""
    offline_batch: int = 60
    """Most credentials a phone may ask for at once; each is good for one code."""
    offline_cap_fen: int = 300_00
    """The most that may be sold on one offline code, fen."""
    offline_day_cap_fen: int = 500_00
    """The most that may be sold on one card's offline codes in a day, fen."""
    upload_within: timedelta = timedelta(hours=72)
    """How long after its minute an offline code may be uploaded."""
    clock_skew: timedelta = timedelta(seconds=60)
    """How far phones' and tills' clocks may differ, to either side."""

    def __post_init__(self) -> None:
        """Refuse what the design rules out."""
        if not timedelta(0) < self.presence_life <= timedelta(minutes=30):
            raise ValueError("presence_life")  # noqa: EM101 - names the field
        if not timedelta(0) < self.code_life <= timedelta(minutes=5):
            raise ValueError("code_life")  # noqa: EM101 - as above
        if not 0 < self.offline_cap_fen <= self.offline_day_cap_fen:
            raise ValueError("offline_cap_fen")  # noqa: EM101 - as above
