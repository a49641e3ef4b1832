"""In force: image."""

from collections.abc import Mapping
from types import MappingProxyType

from verify.defaults.material import BY_PROTOCOL, CHOSEN, COST
from verify.policy.image import ImagePolicy

FRAME = ImagePolicy(
    formats=frozenset({"jpeg"}),
    max_bytes=512 * 1024,
    max_pixels=1280 * 1280,
    max_side=1280,
)

PHOTO = ImagePolicy(
    formats=frozenset({"jpeg", "png"}),
    max_bytes=8 * 1024 * 1024,
    max_pixels=16_000_000,
    max_side=8192,
)

SOURCES: Mapping[str, str] = MappingProxyType(
    {
        "frame.formats": BY_PROTOCOL,
        "frame.max_bytes": COST,
        "frame.max_pixels": COST,
        "frame.max_side": COST,
        "photo.formats": "what registries hold",
        "photo.max_bytes": f"{CHOSEN}: a photograph of 16 megapixels at JPEG quality 90",
        "photo.max_pixels": "48 MB decoded: a worker stays below 400 MB",
        "photo.max_side": "as max_pixels, for very long pictures",
    },
)
"""Each number and where it comes from."""
