from pathlib import Path

import pytest
import segno

from sandbox.phone.__main__ import main as play_phone
from sandbox.phone.keys import DeviceKey
from sandbox.phone.recording import Recording
from sandbox.terminal.__main__ import main as play_till
from tests.sandbox.fake_api import CODE, Answer, FakeApi, problem
from tests.sandbox.stage import MODEL


def phone_arguments(api: FakeApi, portrait: Path) -> list[str]:
    claim = ["--citizen-number", "110101199003072316", "--name", "张三"]
    where = ["--base-url", api.base_url, "--model", str(MODEL)]
    return [*where, *claim, "--portrait", str(portrait)]


@pytest.mark.model
@pytest.mark.usefixtures("net")
def test_the_phone_program_plays_the_journey_and_keeps_what_is_asked(
    api: FakeApi, portrait: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    codes = {"code": CODE, "expires_at": "t", "refresh_after_s": 60, "code128_svg": ""}
    picture = segno.make(CODE).svg_inline()
    api.answers["POST /v1/card/codes"] = Answer(201, {**codes, "qr_svg": picture})
    kept = [f"--{name}={tmp_path / name}" for name in ("frames-dir", "pdf", "svg", "key")]
    wanted = ["--certificate", "household_registration", "--card-code", "02121"]
    assert play_phone([*phone_arguments(api, portrait), *wanted, *kept]) == 0
    printed = capsys.readouterr().out
    for word in ("baseline", "turn_left", "PASSED L1", "token", "certificate", "card code"):
        assert word in printed
    assert CODE not in printed
    assert len(Recording.load(tmp_path / "frames-dir").steps) == 2
    assert (tmp_path / "pdf").read_bytes() == b"%PDF-1.7"
    assert (tmp_path / "svg").read_text() == picture


@pytest.mark.model
@pytest.mark.usefixtures("net")
def test_a_portrait_that_is_none_is_said_so(
    api: FakeApi, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = tmp_path / "portrait.jpg"
    for content in (b"", b"not a picture"):
        text.write_bytes(content)
        assert play_phone(phone_arguments(api, text)) == 2
    assert play_phone(phone_arguments(api, tmp_path / "absent.jpg")) == 2
    assert capsys.readouterr().err.count("not a picture with a face") == 3
    assert not api.received


def test_a_wrong_model_file_is_refused(
    api: FakeApi, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "other.tflite"
    other.write_bytes(b"TFL3")
    arguments = [*phone_arguments(api, tmp_path / "a.jpg"), "--model", str(other)]
    assert play_phone(arguments) == 2
    assert "other.tflite" in capsys.readouterr().err


def test_a_folder_with_something_in_it_is_not_written_to(
    api: FakeApi, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "precious").touch()
    with pytest.raises(SystemExit, match="2"):
        play_phone([*phone_arguments(api, tmp_path / "a.jpg"), "--frames-dir", str(tmp_path)])
    assert "is in use" in capsys.readouterr().err


@pytest.mark.model
@pytest.mark.usefixtures("net")
def test_a_recording_or_key_that_is_none_is_said_so(
    api: FakeApi, portrait: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "session.json").write_text("{}")
    replay = ["--attack", "replay", "--recording", str(tmp_path)]
    assert play_phone([*phone_arguments(api, portrait), *replay]) == 2
    key = ["--key", str(tmp_path / "session.json")]
    assert play_phone([*phone_arguments(api, portrait), *key]) == 2
    assert capsys.readouterr().err.count("file  ") == 2
    assert not api.received


def till_arguments(api: FakeApi, folder: Path) -> list[str]:
    DeviceKey.generate().save(folder / "till.pem")
    where = ["--base-url", api.base_url, "--book", str(folder / "till.json")]
    return [*where, "--client-id", "till-1", "--key", str(folder / "till.pem"), "decode"]


def test_the_till_program_prints_the_masked_holder(
    api: FakeApi, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "code.svg").write_text(segno.make(CODE).svg_inline())
    svg = ["--svg", str(tmp_path / "code.svg")]
    assert play_till([*till_arguments(api, tmp_path), *svg]) == 0
    assert "张* 3301**********1234" in capsys.readouterr().out


def test_the_till_program_prints_a_refusal_with_its_advice(
    api: FakeApi, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    api.answers["POST /v1/terminal/decode"] = problem(409, "CODE_USED", action="RESCAN")
    assert play_till([*till_arguments(api, tmp_path), "--code", CODE]) == 1
    assert "409 CODE_USED: why  RESCAN" in capsys.readouterr().out


def test_the_till_program_says_when_there_is_no_code_to_see(
    api: FakeApi, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "blank.svg").write_text("<svg width='9' height='9'/>")
    svg = ["--svg", str(tmp_path / "blank.svg")]
    assert play_till([*till_arguments(api, tmp_path), *svg]) == 2
    assert "no code" in capsys.readouterr().err
    assert not api.received
