"""What a page may do: Content Security Policy, one for each kind of page.

Nothing inline, nothing evaluated, nothing from another host. A page that reads codes with the
camera may besides compile WebAssembly, which is its reader's.
"""

from __future__ import annotations

from typing import Final

_BASE: Final = (
    "default-src 'none'; script-src 'self'{wasm}; style-src 'self'; img-src 'self' data: blob:; "
    "font-src 'self' data:; connect-src 'self'; media-src 'self' blob:; worker-src 'self'; "
    "manifest-src 'self'; frame-src 'self' blob:; form-action 'none'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
PLAIN: Final = _BASE.format(wasm="")
READING_CODES: Final = _BASE.format(wasm=" 'wasm-unsafe-eval'")
PERMISSIONS: Final = "camera=(self), microphone=(), geolocation=(self), payment=()"
WORKING: Final = "default-src 'none'; connect-src 'self'"
"""Of the service worker: what it fetches is judged by the policy it came with itself."""
