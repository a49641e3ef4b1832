"""Code 128, code set C, after ISO/IEC 15417: digits to bars."""

import re

# Widths of bar, space, bar, space, bar, space for the values 0 to 105, ten values a line.
_WIDTHS = (
    "212222222122222221121223121322131222122213122312132212221213"
    "221312231212112232122132122231113222123122123221223211221132"
    "221231213212223112312131311222321122321221312212322112322211"
    "212123212321232121111323131123131321112313132113132311211313"
    "231113231311112133112331132131113123113321133121313121211331"
    "231131213113213311213131311123311321331121312113312311332111"
    "314111221411431111111224111422121124121421141122141221112214"
    "112412122114122411142112142211241211221114413111241112134111"
    "111242121142121241114212124112124211411212421112421211212141"
    "214121412121111143111341131141114113114311411113411311113141"
    "114131311141411131211412211214211232"
)
_ELEMENTS = 6
_START_C = 105
_STOP = "2331112"
_MODULUS = 103
_PAIRS = re.compile(r"(?:[0-9]{2})+")


def bars(digits: str) -> list[int]:
    """Return the modules of the symbol without quiet zones: 1 is dark, 0 is light.

    Args:
        digits: an even number of 0–9, at least two.

    Raises:
        ValueError: anything else.
    """
    if not _PAIRS.fullmatch(digits):
        msg = "Code 128 set C takes an even number of digits"
        raise ValueError(msg)
    values = [int(digits[at : at + 2]) for at in range(0, len(digits), 2)]
    check = (_START_C + sum(at * value for at, value in enumerate(values, 1))) % _MODULUS
    widths = "".join(_widths(value) for value in (_START_C, *values, check)) + _STOP
    return [(at + 1) % 2 for at, width in enumerate(widths) for _ in range(int(width))]


def _widths(value: int) -> str:
    return _WIDTHS[value * _ELEMENTS : (value + 1) * _ELEMENTS]
