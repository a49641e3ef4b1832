"""What the identity service asks of others."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

# Verification sessions


class RegistryPerson(Protocol):
    """What the population registry tells of a person, no more than a verification needs."""

    @property
    def photo(self) -> bytes | None:
        """Reference photograph, JPEG or PNG; None when the registry has none."""
        ...

    @property
    def alive(self) -> bool:
        """False for a person recorded as deceased."""
        ...


class PopulationRegistry(Protocol):
    """The population registry, asked at the moment of verification."""

    def find(self, *, citizen_number: str, name: str, case_id: str) -> RegistryPerson | None:
        """The person of this number and this name, or None: unknown, or another name.

        Args:
            citizen_number: 18 characters, checked.
            name: normalised to NFC.
            case_id: the verification session, for the registry's own log.

        Raises:
            DomainError: UNAVAILABLE or UPSTREAM_FAILED.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A challenge that has been drawn; the bytes are the face library's own and opaque here."""

    challenge: bytes
    """All steps, the hidden ones too; never leaves the server before its time."""
    chain: bytes
    """State of the frame chain before the first frame."""
    steps: int
    """How many there are."""
    variant: str
    """Which sort of challenge was chosen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RevealedStep:
    """One step, as the phone is told of it."""

    n: int
    public: Mapping[str, object]
    """The members of STEP: n, kind, parameters, nonce, window_ms, …"""
    max_frames: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """One picture of a capture and what the phone says of it."""

    seq: int
    t_ms: int
    """The phone's monotonic clock, milliseconds."""
    link: bytes
    """The phone's hash chain value, 32 bytes."""
    content: bytes
    """The picture file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """The frames of a step, or of a part of one, as they were sent."""

    frames: Sequence[Frame]
    shown_ms: int | None = None
    """When the first picture of a light step appeared, by the phone's clock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """The answer to one step or a part of it, not yet believed."""

    challenge: bytes
    chain: bytes
    """State of the chain before this capture."""
    n: int
    upload: Upload
    final: bool
    """Whether the step is complete with it."""
    revealed_ms: int
    """When the step was made known, milliseconds of the server's clock."""
    received_ms: int
    """When the capture had arrived, same clock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Why a capture or a session fails."""

    gate: str
    """Which check; for the audit record only."""
    code: str
    """The coarse retry code the caller is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedCapture:
    """What the protocol says of a capture before any picture is looked at."""

    finding: Finding | None
    """None: nothing wrong."""
    chain: bytes
    """State of the chain after the capture."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainHead:
    """How far the frame chain of a session has come."""

    digest: bytes
    """The link of the last accepted frame, 32 bytes."""
    frames: int
    """How many were accepted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredStep:
    """What is left of a whole step once measured: numbers, no pixels."""

    evidence: bytes
    """For `screen` and `judge`; stored sealed between steps."""
    likeness: tuple[bytes, ...]
    """A perceptual hash of each frame of a movement; empty for a step that shows none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """The end of a session."""

    passed: bool
    level: str | None
    """Assurance level when passed."""
    retry_code: str | None
    """Coarse reason when not."""
    outcome: str
    """GENUINE, SPOOF or UNCERTAIN; for the audit record only."""
    gate: str | None
    """Which check decided against it; for the audit record only."""
    audit: Mapping[str, object]
    """Figures and versions; never leaves the server."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """What faces are judged by."""

    policy: str
    """Version of all limits and thresholds."""
    models: Mapping[str, str]
    """Name → SHA-256 of the model files."""


class FacePort(Protocol):
    """Faces and liveness, as the sessions need them.

    Every method raises only DomainError: BUSY or UNAVAILABLE (503) when no worker can take the
    work now, or a kind of `app.identity.errors` for a frame that cannot be used.
    """

    def plan(self, session_id: str, *, purpose: str, variants: Collection[str]) -> Plan | None:
        """Draw a challenge; None when the device offers no variant the purpose accepts."""
        ...

    def reveal(self, challenge: bytes, n: int) -> RevealedStep:
        """Step `n` of a drawn challenge."""
        ...

    def enrol(self, photo: bytes | None) -> bytes | None:
        """A template of a reference photograph, or None when it shows no usable face.

        Without a photograph the same work is done on a decoy, and the answer is None.
        """
        ...

    def probe(self, frames: Sequence[bytes]) -> None:
        """Refuse what is not an acceptable picture by its header; nothing is decoded.

        Raises:
            DomainError: FRAME_EMPTY, FRAME_TOO_LARGE, FRAME_TOO_MANY_PIXELS, FRAME_UNSUPPORTED or
                FRAME_BROKEN, with a pointer to the frame.
        """
        ...

    def check(self, capture: Capture) -> CheckedCapture:
        """Check chain, order, counts and timing."""
        ...

    def head(self, chain: bytes) -> ChainHead:
        """How far a chain has come."""
        ...

    def measure(self, capture: Capture, *, chain: bytes) -> bytes:
        """Measure every frame in a face worker; returns the evidence of this piece.

        Args:
            capture: that `check` had nothing against.
            chain: what `check` returned.

        Raises:
            DomainError: as `probe`, and BUSY or UNAVAILABLE.
        """
        ...

    def join(self, pieces: Sequence[bytes]) -> MeasuredStep:
        """Put the pieces of one step together, in their order."""
        ...

    def alike(self, likeness: Sequence[bytes], earlier: Sequence[bytes]) -> bool:
        """Whether a whole session shows the same pictures as an earlier one did."""
        ...

    def screen(self, evidence: Sequence[bytes]) -> Finding | None:
        """Look at the steps so far and end a hopeless session early."""
        ...

    def judge(
        self, evidence: Sequence[bytes], *, challenge: bytes, template: bytes | None
    ) -> Judgement:
        """Decide. Without a template the same work is done and nobody passes."""
        ...

    def provenance(self) -> Provenance:
        """What this judges by."""
        ...


# Tokens


class AuthenticatedClient(Protocol):
    """A partner's client that proved itself."""

    @property
    def client_id(self) -> str:
        """Its id."""
        ...

    @property
    def scopes(self) -> frozenset[str]:
        """What its tokens may carry at most."""
        ...


class ClientAuthenticator(Protocol):
    """Knows the partners' clients; the partners' service implements it."""

    def authenticate(self, assertion: str, *, client_id: str | None) -> AuthenticatedClient:
        """Authenticate a client by its assertion (RFC 7523).

        Raises:
            DomainError: INVALID_CLIENT.
        """
        ...
