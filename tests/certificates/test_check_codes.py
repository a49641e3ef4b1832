import pytest
from hypothesis import given
from hypothesis import strategies as st

from certificates.check_codes import new_check_code, normalise_check_code
from certificates.errors import CertificateError, ErrorCode


def test_a_new_code_reads_back() -> None:
    code = new_check_code()
    assert len(code) == 19
    assert normalise_check_code(code) == code


def test_codes_do_not_repeat() -> None:
    assert len({new_check_code() for _ in range(500)}) == 500


@pytest.mark.parametrize(
    "typed", ["0123456789abcdef", "O1234-56789 ABCDEF", "oI23 4567 89ab cdef", "OL23456789ABCDEF"]
)
def test_what_people_misread_is_forgiven(typed: str) -> None:
    assert normalise_check_code(typed) == "0123-4567-89AB-CDEF"


@pytest.mark.parametrize(
    "wrong", ["", "0123-4567-89AB-CDE", "0" * 17, "U" * 16, "０" * 16, "0" * 99]
)
def test_other_text_is_refused(wrong: str) -> None:
    with pytest.raises(CertificateError) as refused:
        normalise_check_code(wrong)
    assert refused.value.code is ErrorCode.CHECK_CODE_INVALID


@given(st.text("0123456789ABCDEFGHJKMNPQRSTVWXYZ", min_size=16, max_size=16))
def test_every_code_typed_without_dashes_is_the_code_printed(letters: str) -> None:
    assert normalise_check_code(letters.lower()).replace("-", "") == letters


@given(st.text(max_size=15))
def test_shorter_text_is_refused_with_one_code(text: str) -> None:
    with pytest.raises(CertificateError) as refused:
        normalise_check_code(text)
    assert refused.value.code is ErrorCode.CHECK_CODE_INVALID
