"""Play a virtual phone against a running server: ``python -m sandbox.phone --help``."""

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from sandbox.phone.cast import Attack, Studio, UnreadablePortraitError
from sandbox.phone.client import Phone
from sandbox.phone.dpop import Prover
from sandbox.phone.http import Http, Refused, UnreachableError
from sandbox.phone.keys import load_or_generate
from sandbox.phone.landmarks import LandmarkNet, NoFaceError, WrongModelError, packaged_detector
from sandbox.phone.motions import UnknownStepError
from sandbox.phone.offline import OfflineWallet
from sandbox.phone.recording import Recording
from sandbox.phone.session import VARIANTS, Actor, Claim, Verification
from sandbox.phone.setting import INDOORS, LAPTOP, PHONE, Band, Setting

_DESCRIPTION = """\
A virtual phone. It lays a portrait over a 3-D face mesh, moves and lights it as the
steps of a verification ask, films it at 15 frames a second, and prints what the server
said.

Attacks (each differs from the honest phone in exactly one thing):
  impostor         another person's portrait under this name: give it as --portrait
  flat             a flat print of the portrait, turned by hand
  frozen           one picture again and again
  early            a turn is guessed and filmed before the server asks for anything
  reorder          two frames in the middle of each step change places
  stale-nonce      every step is sealed with the first step's nonce
  replay           an old session is sent again as it was (see --recording)
  replay-rehashed  the same with times and hashes made anew
"""
_EPILOG = """\
Exit code: 0 the verification passed, 1 it was refused, 2 it could not be tried.

  python -m sandbox.phone --portrait a.jpg --citizen-number 330100199001011234 --name 张三 \\
      --certificate household_registration --pdf my.pdf --card-code 02121 --svg code.svg
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Play one session and what follows it; return the process's exit code."""
    options = _parser().parse_args(arguments)
    try:
        prover = Prover(key=load_or_generate(options.key), clock=time.time)
        with Http(base_url=options.base_url, prover=prover, clock=time.perf_counter) as http:
            return _play(options, Phone(http))
    except Refused as refused:
        print(f"refused       {refused}")
        return 1
    except UnreachableError as error:
        print(f"no answer     {error}", file=sys.stderr)
    except UnknownStepError as error:
        print(f"unknown step  {error}", file=sys.stderr)
    except (UnreadablePortraitError, NoFaceError):
        print("portrait      not a picture with a face", file=sys.stderr)
    except WrongModelError as error:
        print(f"model         {error} is missing or not the expected file", file=sys.stderr)
    except (OSError, ValueError, KeyError) as error:
        print(f"file          {error}", file=sys.stderr)
    return 2


def _play(options: argparse.Namespace, phone: Phone) -> int:
    claim = Claim(
        citizen_number=options.citizen_number,
        name=options.name,
        purpose=options.purpose,
        variants=tuple(options.variants),
    )
    streaming = not options.one_upload
    played = phone.verify(claim, _actor(options, phone, claim), streaming=streaming)
    _print_session(phone, played)
    if options.frames_dir is not None:
        played.recording.save(options.frames_dir)
        print(f"frames        kept in {options.frames_dir}")
    if options.receipt is not None:
        options.receipt.write_text(phone.receipt(played.verdict.session_id))
        print(f"receipt       saved as {options.receipt}{_took(phone)}")
    if not played.verdict.passed:
        return 1
    tokens = phone.token(played.verdict.code)
    print(f"token         {tokens.scope} for {tokens.expires_in} s{_took(phone)}")
    _certificate(options, phone)
    _card(options, phone)
    _offline(options, phone)
    return 0


def _actor(options: argparse.Namespace, phone: Phone, claim: Claim) -> Actor:
    """Return who holds the phone; a replay without a recording plays an honest session first."""
    attack: Attack | None = options.attack
    replays = attack in {Attack.REPLAY, Attack.REPLAY_REHASHED}
    rehashed = attack is Attack.REPLAY_REHASHED
    detector = packaged_detector()
    net = LandmarkNet(mesh_model=options.model, detector_model=detector)
    studio = Studio(net=net, rng=np.random.default_rng(), setting=_setting(options))
    if replays and options.recording is not None:
        return studio.replayer(Recording.load(options.recording), rehashed=rehashed)
    head = studio.head(options.portrait)
    if attack is not None and not replays:
        return studio.attacker(attack, head)
    honest = studio.person(head)
    if not replays:
        return honest
    played = phone.verify(claim, honest)
    _print_session(phone, played)
    return studio.replayer(played.recording, rehashed=rehashed)


def _setting(options: argparse.Namespace) -> Setting:
    device = LAPTOP if options.device == LAPTOP.name else PHONE
    distance_cm = sum(device.distances) / 2
    return replace(
        INDOORS,
        device=device,
        distance_cm=distance_cm,
        ratio=options.ratio,
        band=options.band,
    )


def _print_session(phone: Phone, played: Verification) -> None:
    for step in played.recording.steps:
        size = sum(len(frame.jpeg) for frame in step.frames) / 1e6
        print(f"{step.kind:<13} {len(step.frames)} frames, {size:.1f} MB")
    verdict = played.verdict
    told = verdict.level or f"{verdict.retry_code} {verdict.hint}".strip()
    print(f"verdict       {verdict.status} {told}{_took(phone)}")


def _certificate(options: argparse.Namespace, phone: Phone) -> None:
    if options.certificate is None:
        return
    issued = phone.issue(options.certificate)
    print(f"certificate   {issued.number}{_took(phone)}")
    print(f"              check it at {issued.check_url}")
    if options.pdf is not None:
        options.pdf.write_bytes(phone.pdf(issued.id))
        print(f"              saved as {options.pdf}{_took(phone)}")


def _card(options: argparse.Namespace, phone: Phone) -> None:
    if options.card_code is None:
        return
    card = phone.open_card()
    print(f"card          {card.status}{_took(phone)}")
    shown = phone.card_code(options.card_code)
    print(f"card code     valid until {shown.expires_at}{_took(phone)}")
    if options.svg is not None:
        options.svg.write_text(shown.qr_svg)
        print(f"              its QR is in {options.svg}")


def _offline(options: argparse.Namespace, phone: Phone) -> None:
    if options.offline is None:
        return
    if options.card_code is None:
        phone.open_card()
    wallet = OfflineWallet()
    phone.fetch_offline(wallet)
    wallet.save(options.offline)
    print(f"offline       {wallet.left} codes in {options.offline}{_took(phone)}")


def _took(phone: Phone) -> str:
    return f"  ({phone.http.timings[-1].ms:.0f} ms)"


def _new_folder(text: str) -> Path:
    folder = Path(text)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        message = f"{text} is in use"
        raise argparse.ArgumentTypeError(message)
    return folder


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m sandbox.phone",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--base-url", default="http://127.0.0.1:8000", help="the server (%(default)s)")
    add("--portrait", type=Path, required=True, help="the face shown to the camera")
    add("--citizen-number", required=True, help="18 characters")
    add("--name", required=True, help="as the population registry writes it")
    add("--purpose", default="login", help="what for (%(default)s)")
    add("--variants", nargs="+", choices=VARIANTS, default=VARIANTS, help="what the phone offers")
    add("--device", choices=(PHONE.name, LAPTOP.name), default=PHONE.name, help="(%(default)s)")
    add(
        "--ratio",
        type=float,
        default=INDOORS.ratio,
        help="screen's over room's light (%(default)s)",
    )
    add("--band", type=Band, choices=list(Band), help="tone the skin; else as in the portrait")
    add("--one-upload", action="store_true", help="send a step at its end, not while it is filmed")
    add("--attack", type=Attack, choices=list(Attack), help="misbehave")
    add("--recording", type=Path, metavar="DIR", help="replay this session (from --frames-dir)")
    add(
        "--frames-dir", type=_new_folder, metavar="DIR", help="keep the session's frames and hashes"
    )
    add("--receipt", type=Path, metavar="FILE", help="save the session's signed receipt")
    add("--key", type=Path, metavar="FILE", help="the phone's key, made if absent; else new")
    add("--certificate", metavar="TYPE", help="then ask for this certificate")
    add("--pdf", type=Path, metavar="FILE", help="and download it")
    add("--card-code", metavar="PURPOSE", help="then open the card and show a code, e.g. 02121")
    add("--svg", type=Path, metavar="FILE", help="and save its QR, for python -m sandbox.terminal")
    add("--offline", type=Path, metavar="FILE", help="then fetch credentials for offline codes")
    model = Path("var/models/face_landmark.tflite")
    add("--model", type=Path, default=model, help="the landmark net (%(default)s)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
