"""The zone of certificates; times in signed claims: whole Unix seconds (RFC 7519, NumericDate)."""

import datetime as dt

SHANGHAI = dt.timezone(dt.timedelta(hours=8))
"""The zone that certificates show."""
_LAST = 1 << 36


def moment(value: object) -> dt.datetime:
    """Return the time a claim names.

    Raises:
        ValueError: no whole number of seconds of this era.
    """
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < _LAST:
        msg = "no time"
        raise ValueError(msg)
    return dt.datetime.fromtimestamp(value, dt.UTC)
