"""Three hospitals, where they are, and what they treat."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

_GENERAL: Final = (
    "心血管内科",
    "呼吸内科",
    "消化内科",
    "神经内科",
    "内分泌科",
    "普通外科",
    "骨科",
    "眼科",
    "耳鼻喉科",
    "皮肤科",
)
_CHINESE: Final = (
    "中医内科",
    "针灸科",
    "推拿科",
    "中医骨伤科",
    "中医妇科",
    "中医儿科",
    "脾胃病科",
    "肺病科",
    "肿瘤科",
    "康复科",
)
_FAMILY: Final = (
    "产科",
    "妇科",
    "生殖医学科",
    "乳腺科",
    "儿科",
    "儿童保健科",
    "新生儿科",
    "小儿外科",
    "儿童口腔科",
    "孕产保健科",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Campus:
    """One address; degrees, WGS 84."""

    id: str
    name: str
    address: str
    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True, kw_only=True)
class HospitalPlaces:
    """A hospital before anybody works there."""

    name: str
    region: str
    """Administrative division, six digits."""
    campuses: tuple[Campus, ...]
    departments: tuple[str, ...]
    """Names; they are spread over the campuses in turn."""


HOSPITALS: Final = (
    HospitalPlaces(
        name="晴川市第一人民医院",
        region="990100",
        campuses=(
            Campus(
                id="C1",
                name="本部院区",
                address="晴川市晴川大道 1 号",
                latitude=30.2512,
                longitude=120.1605,
            ),
            Campus(
                id="C2",
                name="东湖院区",
                address="晴川市东湖路 88 号",
                latitude=30.2874,
                longitude=120.2211,
            ),
        ),
        departments=_GENERAL,
    ),
    HospitalPlaces(
        name="晴川市中医院",
        region="990100",
        campuses=(
            Campus(
                id="C1",
                name="本部院区",
                address="晴川市银杏街 20 号",
                latitude=30.2433,
                longitude=120.1762,
            ),
        ),
        departments=_CHINESE,
    ),
    HospitalPlaces(
        name="晴川市妇幼保健院",
        region="990100",
        campuses=(
            Campus(
                id="C1",
                name="本部院区",
                address="晴川市学府路 36 号",
                latitude=30.2689,
                longitude=120.1498,
            ),
        ),
        departments=_FAMILY,
    ),
)
