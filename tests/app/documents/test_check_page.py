"""The page behind the QR, as a browser without scripts uses it, and what a script may do there."""

from __future__ import annotations

import io
import re
from html.parser import HTMLParser
from typing import Any

import pytest
from sqlalchemy import text
from werkzeug.test import TestResponse

from tests.app.device import Device
from tests.app.documents.people import ZHANG, accesses, issued, pdf_of, registered
from tests.app.world import World


def upload(world: World, pdf: bytes, language: str = "zh-CN") -> TestResponse:
    response: TestResponse = world.client.post(
        f"/check?lang={language}",
        data={"pdf": (io.BytesIO(pdf), "certificate.pdf")},
        content_type="multipart/form-data",
    )
    return response


def marks(page: str) -> list[str]:
    return re.findall(r'<li class="(yes|no|open)">', page)


class Tags(HTMLParser):
    """Which tags and attributes a page uses."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.addresses: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        for name, value in attrs:
            self.attributes.add(name)
            if name in {"href", "src", "action"} and value:
                self.addresses.add(value)


def test_the_qr_opens_the_verdict(zhang: Device, world: World) -> None:
    made = issued(zhang)
    path = made["check_url"].removeprefix("http://127.0.0.1:8000")
    page = world.client.get(path, headers={"Accept-Language": "zh-CN"}).text
    assert "记录有效" in page
    assert "户籍证明" in page
    assert "张*" in page
    assert made["number"] in page
    assert marks(page) == ["open", "yes", "yes", "yes", "yes"]
    assert ZHANG not in page
    assert registered(world, ZHANG)["citizen_number"] not in page


def test_an_upload_gets_its_verdict(zhang: Device, world: World) -> None:
    pdf = pdf_of(zhang, issued(zhang))
    page = upload(world, pdf).text
    assert "真实有效" in page
    assert marks(page) == ["yes"] * 5


def test_an_altered_upload_is_not_to_be_relied_on(zhang: Device, world: World) -> None:
    pdf = bytearray(pdf_of(zhang, issued(zhang)))
    pdf[9000] ^= 1
    page = upload(world, bytes(pdf), "en").text
    assert "Do not rely on it" in page
    assert marks(page)[0] == "no"
    assert marks(page)[4] == "no"
    assert "张" not in page


def test_what_was_typed_is_checked(zhang: Device, world: World) -> None:
    made = issued(zhang)
    typed = {"id": f" {made['number']} ", "code": made["check_code"]}
    page = world.client.post("/check?lang=en", data=typed).text
    assert "On record and valid" in page


def test_a_wrong_code_tells_nothing(zhang: Device, world: World) -> None:
    typed = {"id": issued(zhang)["id"], "code": "0000-0000-0000-0000"}
    page = world.client.post("/check?lang=en", data=typed).text
    assert "No certificate has this identifier and check code" in page
    assert f'value="{typed["id"]}"' in page
    assert "张" not in page


@pytest.mark.parametrize("state", ["suspended", "superseded", "revoked"])
def test_an_ended_certificate_is_shown_as_ended(zhang: Device, world: World, state: str) -> None:
    pdf = pdf_of(zhang, issued(zhang))
    with world.database.separate() as tx:
        tx.execute(text("UPDATE certificates SET state = :state"), {"state": state})
    page = upload(world, pdf).text
    assert "不可采信" in page
    assert marks(page) == ["yes", "yes", "no", "yes", "yes"]


def test_the_holder_sees_checks_on_the_page(zhang: Device, world: World) -> None:
    upload(world, pdf_of(zhang, issued(zhang)))
    assert "certificate.checked" in {event["action"] for event in accesses(zhang)}


@pytest.mark.parametrize(
    ("asked", "preferred", "language", "words"),
    [
        ("", "en-GB,en;q=0.9", "en", "Check a certificate"),
        ("", "zh-CN", "zh-CN", "证明核验"),
        ("", "fr", "zh-CN", "证明核验"),
        ("?lang=en", "zh-CN", "en", "Check a certificate"),
        ("?lang=zh-CN", "en", "zh-CN", "证明核验"),
        ("?lang=xx", "en", "en", "Check a certificate"),
    ],
)
def test_the_page_speaks_both_languages(
    world: World, asked: str, preferred: str, language: str, words: str
) -> None:
    response = world.client.get(f"/check{asked}", headers={"Accept-Language": preferred})
    page = response.text
    assert f'<html lang="{language}">' in page
    assert words in page
    assert response.headers["Content-Language"] == language


def test_a_scanned_verdict_goes_with_the_reader_into_the_other_language(
    zhang: Device, world: World
) -> None:
    made = issued(zhang)
    page = world.client.get(f"/check?id={made['id']}&code={made['check_code']}&lang=zh-CN")
    link = re.search(r'href="(/check\?[^"]*)"', page.text)
    assert link is not None
    other = world.client.get(link[1].replace("&amp;", "&")).text
    assert "On record and valid" in other


def test_the_page_runs_our_script_alone_and_nothing_from_elsewhere(
    zhang: Device, world: World
) -> None:
    page = upload(world, pdf_of(zhang, issued(zhang)))
    used = Tags()
    used.feed(page.text)
    assert not used.tags & {"style", "img", "iframe", "object"}
    assert re.findall("<script[^>]*>", page.text) == ['<script type="module" src="/web/check.js">']
    assert not {name for name in used.attributes if name.startswith("on") or name == "style"}
    assert all(address.startswith("/") for address in used.addresses)
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self' 'wasm-unsafe-eval';" in policy
    assert policy.count("unsafe") == 1


def test_every_link_is_named_in_words(world: World) -> None:
    page = world.client.get("/check?lang=en").text
    assert ">keys of QR codes</a>" in page


def test_the_style_sheet_is_served_from_here(world: World) -> None:
    response = world.client.get("/check/style.css")
    assert response.status_code == 200
    assert response.content_type == "text/css; charset=utf-8"
    assert b"url(" not in response.data
    assert b"@import" not in response.data


@pytest.mark.parametrize(
    ("data", "status", "words"),
    [
        ({"pdf": (b"hello", "a.pdf")}, 422, "This is not a PDF file."),
        ({"pdf": (b"", "a.pdf")}, 422, "Give identifier and check code"),
        ({}, 422, "Give identifier and check code"),
        ({"id": "cer_1"}, 422, "Give identifier and check code"),
        ({"id": "cer_1", "code": "7"}, 422, "not in the form printed"),
    ],
)
def test_a_mistake_is_explained_on_the_page(
    world: World, data: dict[str, Any], status: int, words: str
) -> None:
    sent = {
        name: (io.BytesIO(value[0]), value[1]) if isinstance(value, tuple) else value
        for name, value in data.items()
    }
    response = world.client.post("/check?lang=en", data=sent, content_type="multipart/form-data")
    assert response.status_code == status
    assert response.content_type == "text/html; charset=utf-8"
    assert words in response.text


@pytest.mark.parametrize("size", [5_000_001, 5_200_000])
def test_a_file_that_is_too_large_is_refused_on_the_page(world: World, size: int) -> None:
    head = '--b\r\nContent-Disposition: form-data; name="pdf"; filename="a.pdf"\r\n\r\n'
    body = head.encode() + b"%PDF-" + b"0" * (size - 5) + b"\r\n--b--\r\n"
    response = world.client.post(
        "/check?lang=en", data=body, content_type="multipart/form-data; boundary=b"
    )
    assert response.status_code == 413
    assert "larger than is accepted" in response.text


def test_a_form_of_too_many_parts_is_refused_on_the_page(world: World) -> None:
    part = '--b\r\nContent-Disposition: form-data; name="id"\r\n\r\n1\r\n'
    response = world.client.post(
        "/check?lang=en",
        data=(part * 500 + "--b--\r\n").encode(),
        content_type="multipart/form-data; boundary=b",
    )
    assert response.status_code == 413
    assert "larger than is accepted" in response.text


def test_what_was_typed_cannot_become_markup(world: World) -> None:
    hostile = "<script>alert(1)</script>"
    response = world.client.get(
        "/check", query_string={"id": hostile, "code": "0000-0000-0000-0000"}
    )
    assert "<script>" not in response.text


def test_too_many_checks_are_told_to_wait_on_the_page(world: World) -> None:
    guess = {"id": "cer_1", "code": "0000-0000-0000-0000"}
    response = world.client.post("/check?lang=en", data=guess)
    for _ in range(500):
        if response.status_code != 200:
            break
        response = world.client.post("/check?lang=en", data=guess)
    assert response.status_code == 429
    assert int(response.headers["Retry-After"]) > 0
    assert "Too many requests" in response.text


def test_a_forged_qr_is_said_to_be_forged(zhang: Device, world: World) -> None:
    made = issued(zhang)
    path = f"/check?id={made['id']}&code={made['check_code']}&t=forged&lang=en"
    page = world.client.get(path).text
    assert "Do not rely on it" in page
    assert "it may be forged" in page
    assert marks(page) == ["open", "no", "yes", "yes", "yes"]


@pytest.mark.parametrize(("language", "moment"), [("zh-CN", "核验时间："), ("en", "Checked on 20")])
def test_a_verdict_says_when_it_was_found_and_the_window_says_what(
    zhang: Device, world: World, language: str, moment: str
) -> None:
    page = upload(world, pdf_of(zhang, issued(zhang)), language).text
    assert moment in page
    headline = {"zh-CN": "真实有效", "en": "Genuine and valid"}[language]
    assert f"<title>{headline} · " in page


class Outline(HTMLParser):
    """Headings in their order, and fields with what names them."""

    def __init__(self) -> None:
        super().__init__()
        self.headings: list[int] = []
        self.named: set[str] = set()
        self.fields: set[str] = set()
        self.ids: list[str] = []
        self.described: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag == "label":
            self.named.add(given["for"])
        if tag == "input":
            self.fields.add(given["id"])
        self.ids += [given["id"]] if "id" in given else []
        self.described |= {
            given[name] for name in given if name.startswith("aria-") and "by" in name
        }


def test_headings_and_labels_lead_through_the_page(zhang: Device, world: World) -> None:
    for page in (world.client.get("/check").text, upload(world, pdf_of(zhang, issued(zhang))).text):
        outline = Outline()
        outline.feed(page)
        assert outline.headings[0] == 1
        assert outline.headings.count(1) == 1
        steps = zip(outline.headings, outline.headings[1:], strict=False)
        assert all(after <= before + 1 for before, after in steps)
        assert outline.fields == outline.named == {"id", "code", "pdf"}
        assert outline.described <= set(outline.ids)
        assert len(outline.ids) == len(set(outline.ids))


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


PAIRS = [
    *(("ink", "paper"), ("ink", "sheet"), ("soft", "paper"), ("soft", "sheet")),
    *(("accent", "paper"), ("on-accent", "accent"), ("yes", "yes-paper"), ("no", "no-paper")),
    *(("yes", "sheet"), ("no", "sheet")),
]


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_every_text_stands_out_from_its_ground(world: World, scheme: int) -> None:
    sheet = world.client.get("/check/style.css").text
    blocks = re.findall(r":root \{(.*?)\}", sheet, re.DOTALL)
    colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", blocks[scheme]))
    for words, ground in PAIRS:
        light, dark = sorted((luminance(colours[words]), luminance(colours[ground])), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5, (words, ground)
