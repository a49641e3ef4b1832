"""Write a catalogue to standard output.

    python -m sandbox.catalogue > app/settlement/benefits/data/catalogue.json

One item a line, so that a change can be read in a comparison.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import Any

from sandbox.catalogue.making import make_catalogue
from sandbox.catalogue.words import read_words


def written(catalogue: Mapping[str, Any]) -> str:
    """Return the text of a catalogue.json."""
    lines = ",\n".join(json.dumps(item, ensure_ascii=False) for item in catalogue["items"])
    version = json.dumps(catalogue["version"])
    return f'{{"version": {version}, "items": [\n{lines}\n]}}\n'


def main() -> int:
    """Write."""
    sys.stdout.write(written(make_catalogue(read_words())))
    return 0


if __name__ == "__main__":
    sys.exit(main())
