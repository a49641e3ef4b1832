"""The means of the other tests: a page that is there, and a camera that films."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.camera import VirtualCamera
from tests.browser.watching import Watch, everything_fits

pytestmark = [pytest.mark.browser, pytest.mark.model, pytest.mark.timeout(300)]

_SEEN = """async () => {
  const stream = await navigator.mediaDevices.getUserMedia({ video: true });
  const video = document.createElement("video");
  video.muted = true;
  video.srcObject = stream;
  await video.play();
  const seen = [];
  const canvas = new OffscreenCanvas(48, 64);
  const paint = canvas.getContext("2d");
  for (let n = 0; n < 5; n += 1) {
    await new Promise((resolve) => video.requestVideoFrameCallback(resolve));
    paint.drawImage(video, 0, 0, 48, 64);
    seen.push(paint.getImageData(24, 32, 1, 1).data.join());
  }
  stream.getTracks().forEach((track) => track.stop());
  return [video.videoWidth, video.videoHeight, seen];
}"""
_OFFENDING = """() => {
  const line = document.createElement("p");
  line.setAttribute("style", "color: red");
  document.body.append(line);
}"""


def test_the_first_page_stands_on_a_telephone(page: Page) -> None:
    page.goto("/m/")

    expect(page.get_by_role("heading", level=1)).to_have_text("一次都不跑")
    assert everything_fits(page)


def test_the_camera_films_a_person_who_is_never_quite_still(page: Page) -> None:
    page.goto("/m/")

    width, height, seen = page.evaluate(_SEEN)

    assert (width, height) == (480, 640)
    assert len(set(seen)) > 1


def test_a_camera_that_is_refused_says_so_as_a_browser_does(
    page: Page, camera: VirtualCamera
) -> None:
    camera.refusal = "NotAllowedError"
    page.goto("/m/")

    told = page.evaluate(
        "() => navigator.mediaDevices.getUserMedia({ video: true }).catch((error) => error.name)"
    )

    assert told == "NotAllowedError"


def test_what_the_policy_forbids_is_noticed(page: Page, watch: Watch) -> None:
    page.goto("/m/")
    page.evaluate(_OFFENDING)
    page.wait_for_timeout(100)

    assert any("policy" in trouble for trouble in watch.troubles)
    watch.troubles.clear()
