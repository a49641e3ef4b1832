"""The public check: whole without a script; with one, a camera, a dropped file, a typed code."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from launch.system import System
from tests.browser import held_up
from tests.browser.accessible import serious
from tests.browser.conftest import Contexts
from tests.browser.watching import everything_fits

pytestmark = [pytest.mark.browser, pytest.mark.model, pytest.mark.timeout(300)]

NUMBER, CODE = "cer_06h2mf7l6hsof1vpcfd0hbk07s", "7K2M-9QRT-04XW-ZB3C"
_DROP = """
(named) => {
  const bytes = Uint8Array.from(atob(named.data), (one) => one.charCodeAt(0));
  const carried = new DataTransfer();
  carried.items.add(new File([bytes], named.name, {type: named.type}));
  document.body.dispatchEvent(
    new DragEvent("drop", {dataTransfer: carried, bubbles: true, cancelable: true}));
}
"""


@pytest.fixture
def page(contexts: Contexts) -> Page:
    page = contexts(locale="en-GB").new_page()
    page.goto("/check")
    expect(page.get_by_role("button", name="Open the camera")).to_be_visible()
    assert serious(page) == []
    return page


def dropped(page: Page, data: bytes, *, name: str, kind: str) -> None:
    page.evaluate(_DROP, {"data": base64.b64encode(data).decode(), "name": name, "type": kind})


def test_a_dropped_file_is_judged_in_five_parts(page: Page) -> None:
    dropped(page, b"%PDF-1.7\n%%EOF\n", name="mine.pdf", kind="application/pdf")

    expect(page.get_by_role("heading", level=2, name="Do not rely on it")).to_be_visible()
    expect(page.locator(".findings li")).to_have_count(5)
    assert serious(page) == []
    assert everything_fits(page)


def test_what_is_no_certificate_is_not_sent(page: Page) -> None:
    dropped(page, b"GIF89a", name="cat.gif", kind="image/gif")
    expect(page.get_by_text("This is not a PDF file.")).to_be_visible()

    dropped(page, bytes(5_000_001), name="large.pdf", kind="application/pdf")
    expect(page.get_by_text("none of ours is that large")).to_be_visible()
    assert page.url.endswith("/check")


def test_a_code_is_grouped_while_it_is_typed_and_judged(page: Page) -> None:
    page.get_by_label("Identifier").fill(NUMBER)
    page.get_by_label("Check code").press_sequentially(CODE.replace("-", "").lower())
    expect(page.get_by_label("Check code")).to_have_value(CODE)
    page.get_by_label("Check code").press("Enter")

    expect(page.get_by_role("heading", level=2, name="Do not rely on it")).to_be_visible()


def test_without_scripts_the_forms_are_all_there_is(chromium: Browser, system: System) -> None:
    context = chromium.new_context(java_script_enabled=False, base_url=system.base_url)
    try:
        page = context.new_page()
        page.goto("/check?lang=en")
        expect(page.locator("#scan")).to_be_hidden()
        page.locator("#id").fill(NUMBER)
        page.locator("#code").fill(CODE)
        page.get_by_role("button", name="Check", exact=True).first.click()
        expect(page.get_by_role("heading", level=2, name="Do not rely on it")).to_be_visible()
    finally:
        context.close()


@pytest.fixture
def before_a_print(chromium: Browser, system: System, tmp_path: Path) -> Iterator[Page]:
    """A device whose camera looks at the QR of a print."""
    film = tmp_path / "print.mjpeg"
    address = f"{system.base_url}/check?id={NUMBER}&code={CODE}"
    film.write_bytes(held_up.of(held_up.printed(address)))
    with held_up.looking_at(chromium, film, base_url=system.base_url, locale="en-GB") as page:
        yield page


def test_the_camera_reads_the_qr_of_a_print(before_a_print: Page) -> None:
    troubles: list[str] = []
    before_a_print.on("console", lambda said: troubles.append(said.text))
    before_a_print.goto("/check")
    before_a_print.get_by_role("button", name="Open the camera").click()

    before_a_print.wait_for_url(re.compile(rf"/check\?id={NUMBER}&code={CODE}&lang=en"))
    expect(before_a_print.locator(".findings li")).to_have_count(5)
    assert troubles == []
