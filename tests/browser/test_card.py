"""The card in the hand: read from the screen by a till, stopped at once, shown in flight mode."""

from __future__ import annotations

import io
import secrets

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import BrowserContext, Page, expect

from launch.shop import BASKET, Shop
from launch.stage import Stage
from launch.system import System
from sandbox.phone.cast import Studio
from sandbox.phone.head import Head
from sandbox.phone.http import Refused
from sandbox.phone.keys import DeviceKey
from tests.browser.adopting import adopt, signed_in, telephone
from tests.browser.conftest import Contexts
from tests.browser.watching import Watch, everything_fits
from tests.journeys.people import ZHANG

pytestmark = [pytest.mark.browser, pytest.mark.model, pytest.mark.timeout(300)]

PHARMACY = "02121"


@pytest.fixture
def device(contexts: Contexts, system: System, studio: Studio, head: Head) -> BrowserContext:
    """Zhang's phone, signed in and with the card on it."""
    context, key = contexts(), DeviceKey.generate()
    with telephone(system.base_url, key) as phone:
        tokens = signed_in(phone, ZHANG, studio.person(head))
    adopt(context, key, tokens)
    return context


@pytest.fixture
def card(device: BrowserContext) -> Page:
    page = device.new_page()
    page.goto("/m/card")
    expect(page.get_by_text("没有网络也能用：还有 30 次")).to_be_visible(timeout=20_000)
    expect(page.get_by_text("正常使用")).to_be_visible()
    return page


def scanned(page: Page, kind: zxingcpp.BarcodeFormat = zxingcpp.BarcodeFormat.QRCode) -> str:
    """What a scanner reads from the screen, as it is."""
    found = zxingcpp.read_barcodes(Image.open(io.BytesIO(page.screenshot(full_page=True))))
    [text] = [one.text for one in found if one.format == kind]
    return text


def shown(page: Page, purpose: str = "药店购药") -> None:
    page.get_by_role("button", name=purpose).click()
    expect(page.get_by_alt_text("卡码二维码，给收银员扫描")).to_be_visible()


@pytest.mark.long
def test_a_till_reads_the_screen_and_the_phone_shows_who_paid_what(
    card: Page, stage: Stage
) -> None:
    shown(card)
    code = scanned(card)
    assert scanned(card, zxingcpp.BarcodeFormat.Code128) == code
    assert code in card.get_by_label("卡码数字").inner_text().replace(" ", "")
    assert everything_fits(card)
    card.wait_for_timeout(500)  # what was bought before is known by now

    with stage.terminal() as till:
        shop = Shop(till)
        paid = shop.settle(shop.quote(till.decode(code, PHARMACY).presence_token))

    expect(card.get_by_role("heading", name="付款完成")).to_be_visible(timeout=15_000)
    card.get_by_role("link", name="查看明细").click()
    expect(card.get_by_role("heading", name="谁付了多少")).to_be_visible()
    told = card.get_by_role("main").inner_text()
    for fen in (paid.split.total, paid.split.fund, paid.split.account, paid.split.cash):
        assert f"¥{fen // 100}.{fen % 100:02d}" in told
    assert card.locator("article").count() == len(BASKET)
    with card.expect_download() as saving:
        card.get_by_role("button", name="下载电子凭证").click()
    assert saving.value.path().read_bytes().startswith(b"%PDF-")


def test_a_freeze_in_two_taps_ends_the_code_on_the_screen(card: Page, stage: Stage) -> None:
    shown(card)
    code = scanned(card)

    card.get_by_role("button", name="冻结卡").click()
    expect(card.get_by_text("已出示的码立即失效")).to_be_visible()
    card.go_back()
    expect(card.get_by_text("已出示的码立即失效")).to_be_hidden()
    assert scanned(card) == code  # still there
    card.get_by_role("button", name="冻结卡").click()
    card.get_by_role("button", name="立即冻结").click()
    expect(card.get_by_text("已冻结")).to_be_visible()
    expect(card.get_by_alt_text("卡码二维码，给收银员扫描")).to_have_count(0)
    with stage.terminal() as till, pytest.raises(Refused) as refused:
        till.decode(code, PHARMACY)
    assert refused.value.code in {"CODE_REVOKED", "CARD_FROZEN"}

    card.get_by_role("button", name="刷脸解冻").click()  # the face is fresh enough
    expect(card.get_by_text("正常使用")).to_be_visible()
    expect(card.get_by_text("没有网络也能用：还有 30 次")).to_be_visible()


def test_in_flight_mode_the_phone_opens_and_shows_a_code_that_counts_later(
    card: Page, device: BrowserContext, stage: Stage, watch: Watch
) -> None:
    card.evaluate("navigator.serviceWorker.ready.then(() => true)")
    card.reload()
    device.set_offline(True)

    card.reload()
    expect(card.get_by_text("现在没有网络，仍可出示离线码。")).to_be_visible()
    shown(card)
    expect(card.get_by_text("离线码", exact=True)).to_be_visible()
    code = scanned(card)
    assert code.startswith("ZR1:")
    card.reload()
    expect(card.get_by_text("还可用 29 次")).to_be_visible()
    sale = {"sale_id": secrets.token_hex(8), "lines": [_line(BASKET[0].code)]}

    with stage.terminal() as till:
        [outcome] = till.upload([{"code": code, "sale": sale}])
        [again] = till.upload([{"code": code, "sale": sale | {"sale_id": secrets.token_hex(8)}}])

    assert outcome["verdict"] == "ACCEPTED"
    assert again["verdict"] == "OFFLINE_DOUBLE_USE"
    device.set_offline(False)
    expect(card.get_by_text("离线码", exact=True)).to_have_count(0, timeout=15_000)
    # Chromium writes on the console that it is offline; nothing else may stand there.
    assert {one for one in watch.troubles if "ERR_INTERNET_DISCONNECTED" not in one} == set()
    watch.troubles.clear()


def _line(item: str) -> dict[str, object]:
    return {"item": item, "quantity": 1, "amount_fen": 1200}
