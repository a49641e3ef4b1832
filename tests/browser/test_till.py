"""The cashier's page: a browser becomes a till, sells, gives back, closes its day."""

from __future__ import annotations

import io
import re
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, Page, Route, expect

from launch.stage import Stage
from launch.system import System
from sandbox.phone.cast import Studio
from sandbox.phone.client import Phone
from sandbox.phone.head import Head
from sandbox.phone.keys import DeviceKey
from sandbox.phone.offline import OfflineWallet, utc
from sandbox.terminal.picture import painted
from sandbox.terminal.scanner import scan
from tests.browser import held_up
from tests.browser.accessible import serious
from tests.browser.adopting import signed_in, telephone
from tests.browser.conftest import Contexts
from tests.browser.operators import command
from tests.browser.tills import NewTill, enrolled, new_till, typed_in
from tests.browser.watching import Watch, everything_fits
from tests.journeys.people import ZHANG

pytestmark = [pytest.mark.browser, pytest.mark.model, pytest.mark.timeout(300)]

PHARMACY = "02121"
MASKED = "张**"
"""As a pharmacy sees the customer's name."""
COLD, COLD_BARCODE = "Heting cold tablets", "2600000002257"
THROAT = "Zhuxiyuan throat oral liquid"
GONE = "ERR_INTERNET_DISCONNECTED", "ERR_FAILED"
"""What Chromium writes on the console where a test took the network, or an answer, away."""


@pytest.fixture(scope="module")
def customer(system: System, studio: Studio, head: Head) -> Iterator[Phone]:
    """Zhang with his phone: signed in, the card on it, insured."""
    with telephone(system.base_url, DeviceKey.generate()) as phone:
        signed_in(phone, ZHANG, studio.person(head))
        yield phone


@pytest.fixture
def till(system: System, tmp_path: Path) -> NewTill:
    return new_till(system, tmp_path)


@pytest.fixture
def page(contexts: Contexts) -> Page:
    """A counter's screen that reads English."""
    return contexts(width=1024, height=768, locale="en-GB", touch=False).new_page()


@pytest.fixture
def counter(page: Page, till: NewTill) -> Page:
    enrolled(page, till)
    return page


def picked(counter: Page) -> None:
    """Two boxes by scanning twice, one bottle by its name, both priced by hand."""
    for _ in range(2):
        typed_in(counter, COLD_BARCODE)
        expect(counter.get_by_label(f"Price of {COLD}")).to_be_visible()
        counter.wait_for_timeout(100)
    expect(counter.get_by_label(f"Quantity of {COLD}")).to_have_value("2")
    counter.get_by_label("Find an item").fill("zxyqy")
    counter.get_by_role("button", name=THROAT).click()
    for name, price in ((COLD, "85"), (THROAT, "30.00")):
        counter.get_by_label(f"Price of {name}").fill(price)
        counter.get_by_label(f"Price of {name}").press("Tab")
    expect(counter.get_by_text("Total ¥200.00")).to_be_visible()


def quoted(counter: Page, customer: Phone) -> None:
    typed_in(counter, scan(customer.card_code(PHARMACY).qr_svg))
    expect(counter.get_by_text("Online code")).to_be_visible()
    counter.get_by_role("button", name="Work out who pays").click()
    expect(counter.get_by_role("heading", name="Line by line")).to_be_visible()


def settle(counter: Page) -> None:
    counter.get_by_role("button", name=re.compile("and settle|^Settle")).click()


def receipt_is_genuine(counter: Page) -> None:
    """Who scans the QR on the screen is told so."""
    address = counter.get_by_role("link", name="Open the check page").get_attribute("href")
    picture = counter.get_by_role("img", name="Scan to check").screenshot()
    [read] = zxingcpp.read_barcodes(Image.open(io.BytesIO(picture)))
    assert read.text == address
    checking = counter.context.new_page()
    checking.goto(read.text)
    expect(checking.get_by_text("This receipt is genuine")).to_be_visible()
    checking.close()


def give_one_back(counter: Page) -> None:
    counter.get_by_role("button", name="Next customer").click()
    counter.get_by_role("link", name="Today").click()
    counter.get_by_role("link", name=re.compile("¥200.00")).click()
    counter.get_by_role("button", name=f"More {COLD}").click()
    counter.get_by_role("button", name="Give 1 back").click()
    counter.get_by_role("button", name="Confirm").click()
    expect(counter.get_by_role("heading", name="Given back")).to_be_visible()
    counter.get_by_role("button", name="Next customer").click()


def close_the_day(counter: Page) -> None:
    counter.get_by_role("link", name="Today").click()
    counter.get_by_role("button", name="Compare and close").click()
    expect(counter.get_by_text("All agree.")).to_be_visible()


def forgiven(watch: Watch) -> None:
    """Nothing else may stand on the console than that the network was gone."""
    others = {one for one in watch.troubles if not any(gone in one for gone in GONE)}
    assert others == set()
    watch.troubles.clear()


def test_a_browser_becomes_a_till_and_keeps_a_whole_day(
    counter: Page, customer: Phone, system: System
) -> None:
    asked: set[str] = set()
    counter.on("request", lambda one: asked.add(urlsplit(one.url).netloc))
    before = {one.id for one in customer.purchases()}
    assert serious(counter) == []
    picked(counter)
    quoted(counter, customer)
    expect(counter.get_by_text(MASKED)).to_be_visible()
    assert serious(counter) == []
    counter.reload()  # in the middle: who stands here, basket and quote are still there
    expect(counter.get_by_text(MASKED)).to_be_visible()
    settle(counter)

    expect(counter.get_by_role("heading", name="Settled")).to_be_visible()
    expect(counter.get_by_text("Take in cash")).to_be_visible()
    [bought] = [one for one in customer.purchases() if one.id not in before]
    assert bought.total == 200_00
    receipt_is_genuine(counter)
    assert serious(counter) == []
    give_one_back(counter)
    close_the_day(counter)
    expect(counter.get_by_text("¥115.00")).to_be_visible()  # 200.00 less one box
    assert serious(counter) == []
    assert everything_fits(counter)
    assert asked == {urlsplit(system.base_url).netloc}


def test_a_lost_answer_is_looked_up_and_nothing_is_paid_twice(
    counter: Page, customer: Phone, watch: Watch
) -> None:
    before = {one.id for one in customer.purchases()}
    sent: list[str] = []

    def lose(route: Route) -> None:
        sent.append(str(route.request.post_data_json["msgid"]))
        route.fetch()  # it arrives, and takes effect
        route.abort()

    counter.route("**/v1/terminal/settlements", lose)
    counter.route("**/v1/terminal/settlements/by-msgid/*", lambda route: route.abort())
    picked(counter)
    quoted(counter, customer)
    settle(counter)
    expect(counter.get_by_text("No answer came: nobody knows")).to_be_visible(timeout=20_000)
    expect(counter.get_by_text("1 transactions got no answer or wait")).to_be_visible()
    counter.get_by_role("link", name="Today").click()
    expect(counter.get_by_text("Not known", exact=True)).to_be_visible()

    counter.unroute("**/v1/terminal/settlements/by-msgid/*")
    counter.reload()  # asks by itself, before anything else
    expect(counter.get_by_role("heading", name="Settled")).to_be_visible()
    expect(counter.get_by_text("got no answer")).to_have_count(0)
    counter.get_by_role("button", name="Next customer").click()

    [bought] = [one for one in customer.purchases() if one.id not in before]
    assert (bought.total, len(sent)) == (200_00, 1)
    forgiven(watch)


def sold_offline(counter: Page, code: str) -> None:
    """A sale to whoever shows this code."""
    typed_in(counter, code)
    expect(counter.get_by_text("it names nobody")).to_be_visible()
    counter.get_by_role("button", name="Sell ¥200.00").click()
    expect(counter.get_by_role("heading", name="Kept for later")).to_be_visible()
    counter.get_by_role("button", name="Next customer").click()


@pytest.fixture
def away(counter: Page, customer: Phone) -> tuple[Page, str]:
    """A till whose network is gone, a basket, and the code on the customer's phone."""
    wallet = OfflineWallet()
    customer.fetch_offline(wallet)
    counter.evaluate("navigator.serviceWorker.ready.then(() => true)")
    picked(counter)
    counter.get_by_role("link", name="Offline").click()
    expect(counter.get_by_text("Codes are served until")).to_be_visible()
    counter.reload()
    counter.context.set_offline(True)
    counter.reload()  # by the service worker
    expect(counter.get_by_text("Working offline")).to_be_visible()
    counter.get_by_role("link", name="Sale").click()
    return counter, wallet.show(PHARMACY, now=utc(time.time()))


def test_without_a_network_a_code_is_served_once_and_only_offline_codes_are(
    away: tuple[Page, str], watch: Watch
) -> None:
    counter, code = away
    assert serious(counter) == []
    sold_offline(counter, code)
    counter.reload()
    expect(counter.get_by_text("Working offline")).to_be_visible()
    typed_in(counter, code)
    expect(counter.get_by_text("has served this code already")).to_be_visible()
    typed_in(counter, "123456789012345678")
    expect(counter.get_by_text("Ask the holder for the offline code")).to_be_visible()
    forgiven(watch)


def test_sales_without_a_network_are_brought_in_and_settled_once(
    away: tuple[Page, str], customer: Phone, stage: Stage, watch: Watch
) -> None:
    counter, code = away
    before = {one.id for one in customer.purchases()}
    sold_offline(counter, code)
    counter.context.set_offline(False)
    expect(counter.get_by_text("Online", exact=True)).to_be_visible(timeout=20_000)
    counter.get_by_role("link", name="Offline", exact=True).click()
    counter.get_by_role("button", name="Upload and settle").click()
    expect(counter.get_by_text(re.compile("Settled, cash"))).to_be_visible(timeout=20_000)
    expect(counter.get_by_role("button", name="Upload and settle")).to_be_disabled()

    [bought] = [one for one in customer.purchases() if one.id not in before]
    assert bought.total == 200_00
    with stage.terminal() as other:
        sale = {"sale_id": "s-elsewhere", "lines": []}
        [outcome] = other.upload([{"code": code, "sale": sale}])
    assert outcome["verdict"] == "OFFLINE_DOUBLE_USE"
    close_the_day(counter)
    forgiven(watch)


def test_refusals_say_why_and_what_to_do(counter: Page, customer: Phone) -> None:
    shown = customer.card_code(PHARMACY).code
    counter.get_by_label("Code or barcode").fill(shown)
    counter.get_by_role("button", name="Read").click()
    expect(counter.get_by_text("Online code")).to_be_visible()
    typed_in(counter, shown)
    expect(counter.get_by_role("alert")).to_contain_text("Look up what came of")
    expect(counter.get_by_text("CODE_USED")).to_be_visible()
    wrong = shown[:-1] + str((int(shown[-1]) + 1) % 10)
    typed_in(counter, wrong)
    expect(counter.get_by_role("alert")).to_contain_text("Ask for a new code and scan it")
    typed_in(counter, "2099999999998")
    expect(counter.get_by_text("ITEM_UNKNOWN")).to_be_visible()
    counter.get_by_label("Code or barcode").fill("hello")
    counter.get_by_role("button", name="Read").click()
    expect(counter.get_by_role("alert")).to_contain_text("neither a card's code nor a barcode")


@pytest.mark.long
def test_an_old_code_and_a_suspended_terminal_are_told_in_words(
    page: Page, till: NewTill, system: System
) -> None:
    page.goto("/terminal/")
    page.get_by_label("Enrolment code").fill("00000-00000")
    page.get_by_role("button", name="Enrol this browser").click()
    expect(page.get_by_role("alert")).to_contain_text("older than fifteen minutes")
    assert serious(page) == []
    enrolled(page, till)
    second = page.context.new_page()
    second.goto("/terminal/")
    expect(second.get_by_text("open in another window")).to_be_visible()
    second.close()

    command(system, "suspend-terminal", till.client_id)
    typed_in(page, "123456789012345678")
    expect(page.get_by_role("alert")).to_contain_text("Call the operator")
    page.evaluate(_FORGET_TOKEN)
    page.reload()
    expect(page.get_by_text("is suspended, or its key was removed")).to_be_visible()
    command(system, "resume-terminal", till.client_id)
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("Online", exact=True)).to_be_visible()


@pytest.mark.long
@pytest.mark.parametrize(("width", "height"), [(1024, 768), (375, 812), (360, 640)])
def test_every_area_fits_and_can_be_used_by_everybody(
    counter: Page, customer: Phone, width: int, height: int
) -> None:
    counter.set_viewport_size({"width": width, "height": height})
    picked(counter)
    quoted(counter, customer)
    counter.get_by_role("button", name="Large type").click()
    assert everything_fits(counter)
    assert serious(counter) == []
    for area in ("Today", "Offline"):
        counter.get_by_role("link", name=area).click()
        assert everything_fits(counter)
        assert serious(counter) == []


@pytest.fixture
def before_a_phone(
    chromium: Browser, system: System, customer: Phone, tmp_path: Path
) -> Iterator[Page]:
    """A counter whose camera looks at the code on the customer's phone."""
    film = tmp_path / "phone.mjpeg"
    with held_up.looking_at(chromium, film, base_url=system.base_url, locale="en-GB") as page:
        enrolled(page, new_till(system, tmp_path))
        picture = painted(customer.card_code(PHARMACY).qr_svg)
        film.write_bytes(held_up.of(Image.fromarray(picture)))
        yield page


@pytest.mark.long
def test_the_camera_reads_the_code_on_a_phone(before_a_phone: Page) -> None:
    troubles: list[str] = []
    before_a_phone.on("console", lambda said: troubles.append(said.text))
    before_a_phone.get_by_role("button", name="Scan by camera").click()

    expect(before_a_phone.get_by_text(MASKED)).to_be_visible(timeout=20_000)
    before_a_phone.get_by_role("button", name="Close the camera").click()
    expect(before_a_phone.locator("video")).to_have_count(0)
    assert troubles == []


def test_without_a_camera_it_says_what_else_there_is(counter: Page) -> None:
    counter.evaluate(_NO_CAMERA)
    counter.get_by_role("button", name="Scan by camera").click()
    expect(counter.get_by_text("Use a scanner or the keyboard")).to_be_visible()


_NO_CAMERA = """
() => {
  navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("", "NotFoundError"));
}
"""
_FORGET_TOKEN = """
() => new Promise((resolve) => {
  const opened = indexedDB.open("zero-run.till", 1);
  opened.onsuccess = () => {
    const writing = opened.result.transaction("things", "readwrite");
    writing.objectStore("things").delete("token");
    writing.oncomplete = resolve;
  };
})
"""
