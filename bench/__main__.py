"""`make bench`: every figure in turn. Name parts to run only those: python -m bench record."""

from __future__ import annotations

import sys

from bench import gate, ledger, oversight, record

PARTS = {
    "ledger": ledger.run,
    "record": record.run,
    "gate": gate.run,
    "oversight": oversight.run,
}


def main() -> None:
    for name in sys.argv[1:] or PARTS:
        print(f"== {name}")
        PARTS[name]()


if __name__ == "__main__":
    main()
