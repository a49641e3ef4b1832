"""The pages are served by the application: nothing from elsewhere, nothing inline."""

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from app.web.pages import Pages
from tests.app.world import World

PAGES = ["/m/", "/terminal/", "/desk/", "/ops/"]
_NOT_WORTH_PACKING = 300
"""Bytes; a chunk that a few pages share may be this small."""
DIST = Path(__file__).resolve().parents[3] / "web" / "dist"


@pytest.fixture
def client(world: World) -> FlaskClient:
    return world.app.test_client()


@pytest.mark.parametrize("page", PAGES)
def test_a_page_forbids_itself_what_is_inline_evaluated_or_from_elsewhere(
    client: FlaskClient, page: str
) -> None:
    answer = client.get(page)

    policy = answer.headers["Content-Security-Policy"]
    assert answer.status_code == 200
    assert "default-src 'none'" in policy
    assert "unsafe-inline" not in policy
    assert "'unsafe-eval'" not in policy
    assert "http" not in policy
    text = answer.get_data(as_text=True)
    assert "__ORIGIN__" not in text
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\son\w+=|\sstyle=", text)


@pytest.mark.parametrize("page", PAGES)
def test_what_a_page_names_is_there_and_may_be_kept_for_ever(
    client: FlaskClient, page: str
) -> None:
    named = re.findall(
        r'(?:src|href)="(/web/assets/[^"]+)"', client.get(page).get_data(as_text=True)
    )

    assert named
    for path in named:
        answer = client.get(path, headers={"Accept-Encoding": "gzip"})
        assert answer.status_code == 200
        small = len(answer.data) < _NOT_WORTH_PACKING
        assert small or answer.headers["Content-Encoding"] == "gzip"
        assert "immutable" in answer.headers["Cache-Control"]


def test_no_style_asks_another_host_for_anything() -> None:
    styles = list((DIST / "assets").glob("*.css"))

    assert styles
    for style in styles:
        addresses = re.findall(r"url\(([^)]{0,40})", style.read_text())
        own = ("data:", "/web/", "#")
        assert [one for one in addresses if not one.startswith(own)] == []
        assert "://" not in style.read_text().replace("http://www.w3.org/", "")


def test_every_screen_of_the_phone_is_the_same_page(client: FlaskClient) -> None:
    assert client.get("/m/card/code").data == client.get("/m/").data


def test_who_has_a_page_already_is_not_sent_it_again(client: FlaskClient) -> None:
    etag = client.get("/m/").headers["ETag"]
    assert client.get("/m/", headers={"If-None-Match": etag}).status_code == 304


@pytest.mark.parametrize("path", ["/web/m.html", "/web/../config.py", "/web/assets/none.js"])
def test_only_what_was_built_is_served(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_the_name_of_the_host_alone_leads_to_the_phones_pages(client: FlaskClient) -> None:
    assert client.get("/").headers["Location"] == "/m/"


def test_without_built_pages_there_are_none(tmp_path: Path) -> None:
    assert Pages.read(tmp_path / "none", origin="http://x").get("m.html") is None


@pytest.mark.parametrize("page", ["/m/", "/terminal/"])
def test_a_pages_shell_may_fetch_from_here_and_do_nothing_else(
    client: FlaskClient, page: str
) -> None:
    worker = client.get(f"{page}sw.js")

    assert worker.status_code == 200
    assert worker.headers["Content-Security-Policy"] == "default-src 'none'; connect-src 'self'"
    assert worker.headers["Cache-Control"] == "no-cache"
    assert f'"{page}"' in worker.get_data(as_text=True)
    listed = set(re.findall(r"/web/[\w./-]+", worker.get_data(as_text=True)))
    assert any(path.endswith(".js") for path in listed)
    for path in listed:
        assert client.get(path).status_code == 200


def test_a_phone_can_put_it_on_its_home_screen(client: FlaskClient) -> None:
    manifest = client.get("/m/app.webmanifest").get_json(force=True)

    assert (manifest["start_url"], manifest["scope"]) == ("/m/", "/m/")
    for icon in manifest["icons"]:
        assert client.get(icon["src"]).status_code == 200
