"""Who takes part, of the sandbox's people; failures are counted, so each has their own part."""

from __future__ import annotations

from launch.stage import CITIZEN
from sandbox.phone.session import Claim

ZHANG = CITIZEN
ZHOU = Claim(citizen_number="990101198809091056", name="周启明")
"""The same face as Zhang's."""
AYNUR = Claim(citizen_number="990101199008151084", name="阿依努尔·买买提")
"""The same face again; never refused here, so never paused."""
LI = Claim(citizen_number="990101195811021037", name="李建国")
"""Whoever tries bad pictures tries them as Li."""

STRANGER = Claim(citizen_number="990101199001010019", name="张明远")
ANYBODY = Claim(citizen_number="990101199001010027", name="李建国")
"""Another number nobody has."""
WRONG_NAME = Claim(citizen_number="99010119860621102X", name="王小雨")
DECEASED = Claim(citizen_number="990101194102051079", name="赵德福")
MINOR = Claim(citizen_number="990101201502011044", name="张小禾")
WITHOUT_PHOTOGRAPH = Claim(citizen_number="990101199304301067", name="欧阳㛃𬭚")

FACE = "obama.jpg"
OTHER_FACE = "biden.jpg"
