"""The homes of the city as the housing department registers them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from sandbox.departments.city.city import city
from sandbox.departments.city.homes import Home
from sandbox.departments.housing.contract import HOME_OWNERSHIP, HomeRecord, OwnerRecord
from sandbox.departments.office.desk import Department, filled


def open_housing(directory: Path) -> Department:
    """Return the department, its books in `directory`."""
    town = city()
    names = town.names()
    return filled(
        directory,
        name="housing",
        records=(_record(home, names) for home in town.homes),
        contracts=(HOME_OWNERSHIP,),
    )


def _record(home: Home, names: Mapping[str, str]) -> HomeRecord:
    return HomeRecord(
        certificate_number=home.number,
        address=home.address,
        area_m2=home.area_m2,
        owners=tuple(
            OwnerRecord(citizen_number=one.number, name=names[one.number], share=str(one.share))
            for one in home.owners
        ),
        registered_on=home.registered_on,
        mortgaged=home.mortgaged,
    )
