"""Write the office's file to standard output: what `import-enrolments` takes.

python -m sandbox.insurance > enrolments.ndjson
"""

from __future__ import annotations

import sys

from sandbox.departments.city.city import city
from sandbox.insurance.enrolments import enrolments
from sandbox.insurance.file import written


def main() -> int:
    """Write."""
    sys.stdout.write(written(enrolments(city())))
    return 0


if __name__ == "__main__":
    sys.exit(main())
