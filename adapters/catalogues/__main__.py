"""`python -m adapters.catalogues extract [--drop-obsolete] | check`"""

from __future__ import annotations

import argparse
import sys

from adapters.catalogues.extract import check, extract


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m adapters.catalogues", description="Keeps translations in step.")
    verbs = parser.add_subparsers(dest="verb", required=True)
    extracting = verbs.add_parser("extract", help="collect the sentences of bot/ and update the translations")
    extracting.add_argument("--drop-obsolete", action="store_true", help="remove translations nobody says any more")
    verbs.add_parser("check", help="list what is missing or does not fit; exit 1")
    said = parser.parse_args(arguments)
    if said.verb == "extract":
        changed = extract(drop_obsolete=said.drop_obsolete)
        sys.stdout.write("".join(f"updated {file.name}\n" for file in changed) or "nothing changed\n")
        return 0
    problems = check()
    sys.stdout.write("".join(f"{problem}\n" for problem in problems))
    sys.stdout.write(f"{len(problems)} problems\n" if problems else "every sentence is there in every language\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
