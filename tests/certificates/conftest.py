"""One office for the tests that only read it."""

import pytest

from certificates.maker import CertificateMaker
from certificates.results import MadeCertificate
from tests.certificates.builders import Office, order


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    return Office(tmp_path_factory.mktemp("office") / "keys")


@pytest.fixture(scope="session")
def maker(office: Office) -> CertificateMaker:
    return office.maker


@pytest.fixture(scope="session")
def made(office: Office) -> MadeCertificate:
    return office.maker.make(order())
