"""In force: passive traces."""

from collections.abc import Mapping
from types import MappingProxyType

from verify.defaults.material import CHOSEN
from verify.policy.forensic import ForensicPolicy

FORENSIC = ForensicPolicy(min_frames=3)

SOURCES: Mapping[str, str] = MappingProxyType({"forensic.min_frames": CHOSEN})
"""Each number and where it comes from."""
