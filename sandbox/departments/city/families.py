"""Draws the families of the city: couples, their children, and people on their own."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from sandbox.departments.city import names
from sandbox.departments.city.chance import Chance
from sandbox.departments.city.citizens import (
    ADULT,
    MAN,
    TODAY,
    WOMAN,
    Citizen,
    Household,
    Marriage,
    years_after,
)
from sandbox.departments.city.numbers import AREA, Orders

_OLDEST, _YOUNGEST = date(1946, 1, 1), date(2002, 12, 31)
"""Births of the grown people that are drawn first."""
_HUSBAND, _WIFE = 22, 20
"""Years from which they may marry (Civil Code, Article 1047)."""
_LAST_CHILD = 42
"""Years of the mother."""
_CHILDREN = (1, 1, 1, 2, 2, 3, 0, 0)
_FIRST_CHILD, _NEXT_CHILD = timedelta(days=300), timedelta(days=500)
_DIVORCED, _LEAST_YEARS = 0.1, 3
_OLD, _WIDOWED = 70, 0.3


@dataclass(slots=True, kw_only=True)
class Families:
    """Grows family by family."""

    chance: Chance
    orders: Orders = field(default_factory=Orders)
    citizens: list[Citizen] = field(default_factory=list)
    households: list[Household] = field(default_factory=list)
    marriages: list[Marriage] = field(default_factory=list)

    def couple(self) -> None:
        """Add a married couple and the children they have had."""
        man = self._adult(man=True)
        woman = self._adult(man=False, near=man.birth_date)
        married = self._married_on(man, woman)
        if married is None:
            return
        home = self._household(man)
        man = replace(man, household=home.key, relation="户主", registered_on=married)
        woman = replace(woman, household=home.key, relation="配偶", registered_on=married)
        marriage = Marriage(
            number=f"J{AREA}-{married.year}-{len(self.marriages) + 1:06d}",
            husband=man.number,
            wife=woman.number,
            registered_on=married,
        )
        children = self._children(man, woman, married)
        man = self._perhaps_died(man)
        self.citizens += [man, woman, *children]
        self.marriages.append(self._perhaps_ended(marriage, man))

    def single(self) -> None:
        """Add a grown person who lives alone and never married."""
        person = self._adult(man=self.chance.happens(1 / 2))
        home = self._household(person)
        came = self.chance.day(years_after(person.birth_date, ADULT), TODAY)
        self.citizens.append(
            replace(person, household=home.key, relation="户主", registered_on=came)
        )

    def _adult(self, *, man: bool, near: date | None = None) -> Citizen:
        first, last = _OLDEST, _YOUNGEST
        if near is not None:
            first = max(first, years_after(near, -4))
            last = min(last, years_after(near, 6))
        born = self.chance.day(first, last)
        return self._person(born, name=names.person(self.chance, man=man), man=man)

    def _person(self, born: date, *, name: str, man: bool) -> Citizen:
        return Citizen(
            number=self.orders.number(born, man=man),
            name=name,
            sex=MAN if man else WOMAN,
            birth_date=born,
            ethnicity=self.chance.one(names.ETHNICITIES),
            household="",
            relation="",
            registered_on=born,
        )

    def _household(self, head: Citizen) -> Household:
        made = Household(
            key=f"home-{len(self.households) + 1:03d}",
            address=names.address(self.chance),
            kind="家庭户",
            head=head.number,
        )
        self.households.append(made)
        return made

    def _married_on(self, man: Citizen, woman: Citizen) -> date | None:
        ready = max(years_after(man.birth_date, _HUSBAND), years_after(woman.birth_date, _WIFE))
        latest = min(TODAY, years_after(ready, 9))
        return self.chance.day(ready, latest) if ready <= latest else None

    def _children(self, man: Citizen, woman: Citizen, married: date) -> list[Citizen]:
        children: list[Citizen] = []
        first = married + _FIRST_CHILD
        for _ in range(self.chance.one(_CHILDREN)):
            latest = min(TODAY, years_after(woman.birth_date, _LAST_CHILD), years_after(first, 5))
            if first >= latest:
                break
            born = self.chance.day(first, latest)
            children.append(self._child(born, man, woman))
            first = born + _NEXT_CHILD
        return children

    def _child(self, born: date, father: Citizen, mother: Citizen) -> Citizen:
        boy = self.chance.happens(1 / 2)
        name = names.person(self.chance, man=boy, family=father.name[0])
        return replace(
            self._person(born, name=name, man=boy),
            ethnicity=father.ethnicity,
            household=father.household,
            relation="儿子" if boy else "女儿",
            registered_on=min(TODAY, born + timedelta(days=self.chance.whole(5, 60))),
            mother=mother.number,
            father=father.number,
        )

    def _perhaps_died(self, person: Citizen) -> Citizen:
        if person.age() < _OLD or not self.chance.happens(_WIDOWED):
            return person
        return replace(person, died_on=self.chance.day(years_after(person.birth_date, _OLD), TODAY))

    def _perhaps_ended(self, marriage: Marriage, man: Citizen) -> Marriage:
        earliest = years_after(marriage.registered_on, _LEAST_YEARS)
        if not man.alive or earliest > TODAY or not self.chance.happens(_DIVORCED):
            return marriage
        return replace(marriage, divorced_on=self.chance.day(earliest, TODAY))
