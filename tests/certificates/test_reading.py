"""Two readings of a file: each attack has its code, and where they differ nothing is trusted."""

import pytest

from certificates.inspection import PdfInspector
from certificates.results import MadeCertificate
from certificates.verdicts import Inspection, Integrity, IssuerTrust
from tests.certificates.attacks import ATTACKS, Scene
from tests.certificates.builders import Office
from tests.certificates.readers import look


# What it costs in time is for the processes with limits, not for this one.
@pytest.mark.parametrize("name", [name for name in ATTACKS if "150 MB" not in name])
def test_each_attack_has_its_code_in_one_process_too(
    inspector: PdfInspector, scene: Scene, name: str
) -> None:
    build, integrity, issuer = ATTACKS[name]
    assert look(inspector, build(scene)) == Inspection(integrity=integrity, issuer=issuer)


# Two opinions


class Says:
    """A second opinion that was told what to say."""

    def __init__(self, integrity: Integrity, issuer: IssuerTrust) -> None:
        self.says = Inspection(integrity=integrity, issuer=issuer)

    def confirm(self, _data: bytes, **_: object) -> Inspection:
        return self.says


@pytest.mark.parametrize(
    ("integrity", "issuer", "told"),
    [
        (Integrity.INTACT, IssuerTrust.TRUSTED, (Integrity.INTACT, IssuerTrust.TRUSTED)),
        (
            Integrity.SIGNATURE_BROKEN,
            IssuerTrust.UNKNOWN,
            (Integrity.READINGS_DIFFER, IssuerTrust.TRUSTED),
        ),
        (
            Integrity.UNREADABLE,
            IssuerTrust.UNKNOWN,
            (Integrity.READINGS_DIFFER, IssuerTrust.TRUSTED),
        ),
        (
            Integrity.INTACT,
            IssuerTrust.FOREIGN_ROOT,
            (Integrity.INTACT, IssuerTrust.READINGS_DIFFER),
        ),
    ],
)
def test_where_two_readings_differ_nothing_is_trusted(
    office: Office,
    made: MadeCertificate,
    integrity: Integrity,
    issuer: IssuerTrust,
    told: tuple[Integrity, IssuerTrust],
) -> None:
    inspector = PdfInspector([office.pki.root_pem()])
    inspector._second = Says(integrity, issuer)  # type: ignore[assignment]
    found = look(inspector, made.pdf)
    assert (found.integrity, found.issuer) == told


def test_two_reasons_against_a_signer_are_not_a_disagreement(office: Office, scene: Scene) -> None:
    inspector = PdfInspector([office.pki.root_pem()])
    inspector._second = Says(Integrity.INTACT, IssuerTrust.SIGNER_UNFIT)  # type: ignore[assignment]
    assert look(inspector, scene.signed_in(-9, -1)).issuer is IssuerTrust.SIGNER_EXPIRED
