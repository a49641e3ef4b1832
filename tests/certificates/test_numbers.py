import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.iso7064 import mod_37_36

from certificates.errors import CertificateError, ErrorCode
from certificates.numbers import CertificateNumber

ISSUER = "11990101000000019X"
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
numbers = st.builds(
    CertificateNumber,
    type_code=st.sampled_from([f"{ISSUER}001", f"{ISSUER}999"]),
    issuer=st.just(ISSUER),
    serial=st.text(ALPHABET, min_size=1, max_size=22),
    version=st.integers(1, 999),
)


def number(**changes: object) -> CertificateNumber:
    parts: dict[str, object] = {"type_code": f"{ISSUER}001", "issuer": ISSUER, "serial": "7"}
    return CertificateNumber(**(parts | changes))  # type: ignore[arg-type]


@given(numbers)
def test_a_number_reads_back_as_it_was_written(one: CertificateNumber) -> None:
    assert CertificateNumber.parse(str(one)) == one


def test_a_number_has_the_form_of_the_standard() -> None:
    text = str(number(serial="000000012", version=3))
    assert text.startswith(f"1.2.156.3005.2.{ISSUER}001.{ISSUER}.000000012.003.")
    assert len(text.split(".")) == 10
    assert mod_37_36.is_valid("".join(text.split(".")[5:]))


@given(numbers, st.data())
def test_one_mistyped_character_is_noticed(one: CertificateNumber, data: st.DataObject) -> None:
    text = str(one)
    at = data.draw(st.integers(len("1.2.156.3005.2."), len(text) - 1))
    other = data.draw(st.sampled_from(ALPHABET))
    if text[at] in {".", other}:
        return
    with pytest.raises(CertificateError) as refused:
        CertificateNumber.parse(text[:at] + other + text[at + 1 :])
    assert refused.value.code is ErrorCode.NUMBER_INVALID


@given(st.text(max_size=120))
def test_any_other_text_is_refused_with_one_code(text: str) -> None:
    with pytest.raises(CertificateError) as refused:
        CertificateNumber.parse(text)
    assert refused.value.code is ErrorCode.NUMBER_INVALID


@pytest.mark.parametrize(
    "wrong",
    [
        {"type_code": "short"},
        {"issuer": "119901010000000190"},
        {"serial": ""},
        {"serial": "a"},
        {"serial": "0" * 23},
        {"serial": "1.2"},
        {"version": 0},
        {"version": 1000},
    ],
)
def test_a_part_out_of_form_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(CertificateError) as refused:
        number(**wrong)
    assert refused.value.code is ErrorCode.NUMBER_INVALID


def test_versions_differ_in_their_check_character_only_and_version() -> None:
    first, second = str(number(version=1)), str(number(version=2))
    assert first.split(".")[:8] == second.split(".")[:8]
    assert first != second
