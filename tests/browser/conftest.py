"""The whole system, a real browser before it, and a virtual person before the browser's camera."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from launch.system import System
from sandbox.phone.cast import Studio
from sandbox.phone.head import Head
from tests.browser.camera import VirtualCamera, virtual_studio
from tests.browser.watching import Watch
from tests.journeys.conftest import head, stage, studio, system

__all__ = ["head", "stage", "studio", "system"]

CHROMIUM = Path("/usr/bin/chromium")
_QUIET = (
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-extensions",
    "--force-color-profile=srgb",
    "--mute-audio",
)
FILMED = ("test_the_face.py", "test_together.py", "test_the_camera.py")
"""A face before the browser's own camera: one at a time, or the films are too slow."""
Contexts = Callable[..., BrowserContext]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Where two processes share the tests: a file is one's, and so is all that is filmed."""
    for item in items:
        if item.path.parent == Path(__file__).parent:
            group = "filmed" if item.path.name in FILMED else item.path.name
            item.add_marker(pytest.mark.xdist_group(group))


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, without a screen."""
    if not CHROMIUM.exists():
        pytest.skip("chromium is missing: python -m launch.debian installs it")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(_QUIET))
        yield browser
        browser.close()


@pytest.fixture
def watch() -> Iterator[Watch]:
    """Fails the test for errors on the console, exceptions, and violations of the policy."""
    watching = Watch()
    yield watching
    assert watching.troubles == []


@pytest.fixture
def camera(studio: Studio, head: Head) -> VirtualCamera:
    """The honest owner of the face before a camera that lets itself be used."""
    return VirtualCamera(virtual_studio(studio).person(head))


@pytest.fixture
def contexts(
    chromium: Browser, system: System, watch: Watch, camera: VirtualCamera
) -> Iterator[Contexts]:
    """Hands out devices, a telephone held upright unless it is said otherwise."""
    with ExitStack() as closing:

        def opened(
            *, width: int = 375, height: int = 812, locale: str = "zh-CN", touch: bool = True
        ) -> BrowserContext:
            context = chromium.new_context(
                base_url=system.base_url,
                viewport={"width": width, "height": height},
                device_scale_factor=2,
                locale=locale,
                timezone_id="Asia/Shanghai",
                is_mobile=touch,
                has_touch=touch,
                accept_downloads=True,
            )
            closing.callback(context.close)
            watch.over(context)
            camera.install(context)
            return context

        yield opened


@pytest.fixture
def page(contexts: Contexts) -> Page:
    """A page of a telephone of 375 × 812 that reads Chinese."""
    return contexts().new_page()
