"""The policy in force, each number with where it comes from.

Liveness figures were measured on simulated material, so they are a starting point. Thresholds do
not carry over to another population or camera: calibrate on your own people before going live,
and give the new policy a new name.
"""

from collections.abc import Mapping
from types import MappingProxyType

from verify.defaults import (
    challenge,
    forensic,
    fusion,
    image,
    light,
    match,
    motion,
    presence,
    protocol,
    quality,
)
from verify.policy.verification import VerificationPolicy

DEFAULT_POLICY = VerificationPolicy(
    name="2026-12",
    frame=image.FRAME,
    photo=image.PHOTO,
    match=match.MATCH,
    quality=quality.QUALITY,
    challenge=challenge.CHALLENGE,
    protocol=protocol.PROTOCOL,
    presence=presence.PRESENCE,
    motion=motion.MOTION,
    light=light.LIGHT,
    forensic=forensic.FORENSIC,
    fusion=fusion.FUSION,
)
"""What a session is judged by unless the operator says otherwise."""

SOURCES: Mapping[str, str] = MappingProxyType(
    {
        **image.SOURCES,
        **match.SOURCES,
        **quality.SOURCES,
        **challenge.SOURCES,
        **protocol.SOURCES,
        **presence.SOURCES,
        **motion.SOURCES,
        **light.SOURCES,
        **forensic.SOURCES,
        **fusion.SOURCES,
    },
)
"""Each number of `DEFAULT_POLICY` and where it comes from."""
