"""Signing in by the face page, as a person does it."""

from __future__ import annotations

from typing import Final

from playwright.sync_api import Locator, Page, expect

from sandbox.phone.session import Claim

FILMED_MS: Final = 90_000
"""Six steps and their films, on a slow machine."""


def fill(page: Page, claim: Claim, *, way: str | None = None) -> None:
    """Fill in the form of the face page, in Chinese; nothing is sent."""
    page.get_by_label("姓名").fill(claim.name)
    page.get_by_label("身份证号").fill(claim.citizen_number)
    if way is not None:
        page.get_by_role("radio", name=way).click()
    page.get_by_role("checkbox", name="我已阅读并同意").click()


def to_the_camera(page: Page) -> None:
    """Go on from the form, until the camera shows a face."""
    page.get_by_role("button", name="下一步：打开相机").click()
    expect(page.get_by_role("button", name="开始", exact=True)).to_be_visible(timeout=30_000)


def show_face(page: Page) -> None:
    """Begin; the camera does what is asked."""
    page.get_by_role("button", name="开始", exact=True).click(timeout=30_000)


def sign_in(page: Page, claim: Claim, *, back: str = "/") -> None:
    """From nothing to signed in, by a face; ends on the screen `back`.

    The page's camera must be that person's (`VirtualCamera`). One face in fifty is not believed at
    once, and a busy machine films badly: as a person would, this tries again.
    """
    page.goto(f"/m/face?back={back}")
    fill(page, claim)
    to_the_camera(page)
    until_believed(page)
    page.get_by_role("button", name="继续").click()


def until_believed(page: Page, *, tries: int = 3) -> None:
    """Show one's face before the open camera, again if need be; ends where it says so."""
    passed = page.get_by_role("heading", name="验证通过")
    for tried in range(tries):
        if tried > 0:
            page.get_by_role("button", name="再试一次").click()
        show_face(page)
        expect(passed.or_(outcome(page))).to_be_visible(timeout=FILMED_MS)
        if passed.is_visible():
            return
    expect(passed).to_be_visible()


def outcome(page: Page) -> Locator:
    """What the page says at the end of a session that was not passed."""
    return page.get_by_role("alert").filter(has=page.get_by_role("heading", name="没有通过"))
