"""What sets some people apart: service in the army, a disability, a conviction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sandbox.departments.city.chance import Chance
from sandbox.departments.city.citizens import ADULT, MAN, TODAY, Citizen, years_after
from sandbox.departments.city.numbers import AREA

_SERVED = {True: 0.16, False: 0.04}
_DISABLED, _CONVICTED = 0.07, 0.03
_LEAST_AGE = 22
_BRANCHES = ("陆军", "海军", "空军", "武警部队")
_RANKS = ("上等兵", "下士", "中士", "上士")
_KINDS = ("视力残疾", "听力残疾", "言语残疾", "肢体残疾")
_DEGREES = ("一级", "二级", "三级", "四级")
_OFFENCES = ("危险驾驶罪", "盗窃罪", "故意伤害罪", "诈骗罪")


@dataclass(frozen=True, slots=True, kw_only=True)
class Veteran:
    """Somebody who has served."""

    person: str
    certificate: str
    branch: str
    rank: str
    enlisted_on: date
    discharged_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Disability:
    """Somebody who holds a disability certificate."""

    person: str
    kind: str
    degree: str
    certified_on: date

    @property
    def certificate(self) -> str:
        """Return its number: the citizen number, the kind and the degree (GB/T 26341)."""
        return f"{self.person}{_KINDS.index(self.kind) + 1}{_DEGREES.index(self.degree) + 1}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Conviction:
    """A sentence that is on record."""

    person: str
    offence: str
    sentenced_on: date
    court: str


def veterans(citizens: Sequence[Citizen], chance: Chance) -> tuple[Veteran, ...]:
    """Return who has served for two to twelve years."""
    able = [one for one in citizens if one.alive and one.age() >= _LEAST_AGE]
    served = [one for one in able if chance.happens(_SERVED[one.sex == MAN])]
    return tuple(_veteran(one, serial, chance) for serial, one in enumerate(served, start=1))


def disabilities(citizens: Sequence[Citizen], chance: Chance) -> tuple[Disability, ...]:
    """Return who holds a disability certificate, children among them."""
    return tuple(
        Disability(
            person=one.number,
            kind=chance.one(_KINDS),
            degree=chance.one(_DEGREES),
            certified_on=chance.day(one.birth_date, TODAY),
        )
        for one in citizens
        if one.alive and chance.happens(_DISABLED)
    )


def convictions(citizens: Sequence[Citizen], chance: Chance) -> tuple[Conviction, ...]:
    """Return sentences of grown people."""
    return tuple(
        Conviction(
            person=one.number,
            offence=chance.one(_OFFENCES),
            sentenced_on=chance.day(years_after(one.birth_date, ADULT), TODAY),
            court="晴川市人民法院",
        )
        for one in citizens
        if one.alive and one.age() > ADULT and chance.happens(_CONVICTED)
    )


def _veteran(person: Citizen, serial: int, chance: Chance) -> Veteran:
    enlisted = years_after(person.birth_date, ADULT).replace(month=9, day=1)
    latest = min(TODAY, years_after(enlisted, 12))
    discharged = chance.day(years_after(enlisted, 2), latest)
    return Veteran(
        person=person.number,
        certificate=f"退{AREA}{discharged.year}{serial:05d}",
        branch=chance.one(_BRANCHES),
        rank=chance.one(_RANKS),
        enlisted_on=enlisted,
        discharged_on=discharged,
    )
