"""One office for the tests that only read it."""

from pathlib import Path

import pytest

from certificates.inspection import PdfInspector
from certificates.maker import CertificateMaker
from certificates.reading.reader import OwnReader
from certificates.results import MadeCertificate
from sandbox.departments.told import CityRecords
from tests.certificates.attacks import Scene
from tests.certificates.builders import NOON, Office, order
from tests.certificates.homes import copied


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    return Office(tmp_path_factory.mktemp("office") / "keys")


@pytest.fixture(scope="session")
def inspector(office: Office) -> PdfInspector:
    return PdfInspector([office.pki.root_pem()])


@pytest.fixture(scope="session")
def own(office: Office) -> OwnReader:
    return OwnReader([office.pki.root_pem()])


@pytest.fixture(scope="session")
def scene(office: Office, made: MadeCertificate) -> Scene:
    department = office.catalogue.get("household_registration").department
    return Scene(
        pdf=made.pdf,
        signatory=office.pki.signatory(department, now=NOON),
        authority=office.keys.private_key("issuing"),
    )


@pytest.fixture(scope="session")
def maker(office: Office) -> CertificateMaker:
    return office.maker


@pytest.fixture(scope="session")
def made(office: Office) -> MadeCertificate:
    return office.maker.make(order())


@pytest.fixture(scope="session")
def city(tmp_path_factory: pytest.TempPathFactory) -> CityRecords:
    return CityRecords(tmp_path_factory.mktemp("city"))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return copied(tmp_path / "home")
