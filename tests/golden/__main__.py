"""``make golden``: write what everything that ships makes of the golden corpus, where its ``VERSION`` says that it changed."""

from __future__ import annotations

import sys

from . import corpus, record


def main() -> int:
    """0, or 1 where a part gives something else under the VERSION it had."""
    try:
        changed = record.write({name: corpus.made(part) for name, part in corpus.parts().items()})
    except ValueError as error:
        sys.stderr.write(f"nothing is written\n{error}\n")
        return 1
    sys.stdout.write("".join(f"{name}\n" for name in changed) or "nothing changed\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
