"""Check every quote of a run of answers against the stored text; shares no code with OnRecord.

    python tests/bench/check_quotes.py STORE ANSWERS.jsonl

STORE is the folder of a store, ANSWERS the output of `onrecord ask --batch`. Each quote, nearest
sentences included, must be `text[start:end]` of the version it names, that text must have the
sha256 it names, title, publisher, date and link must be those stored, a context must be stored text
around the quote, and a short answer must stand in the first quote. Prints counts; exit code 1 on
any mismatch.
"""

import hashlib
import json
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

QUERY = """
SELECT versions.text, versions.sha256, versions.title, versions.published, articles.publisher,
       articles.url
FROM versions JOIN articles ON articles.key = versions.article
WHERE articles.id = ? AND versions.number = ?
"""


def citation_faults(connection: sqlite3.Connection, citation: dict[str, Any]) -> Iterator[str]:
    """Yield what is wrong with one citation, in words."""
    row = connection.execute(QUERY, (citation["article_id"], citation["version"])).fetchone()
    if row is None:
        yield "no such version"
        return
    text, sha256, title, published, publisher, url = row
    start, end = citation["start"], citation["end"]
    if type(start) is not int or type(end) is not int or not 0 <= start < end <= len(text):
        yield "not a span"
    elif text[start:end] != citation["quote"]:
        yield "quote differs"
    if hashlib.sha256(text.encode("utf-8")).hexdigest() != sha256:
        yield "stored text differs from its digest"
    stored = {"sha256": sha256, "title": title, "publisher": publisher, "url": url}
    yield from (f"{name} differs" for name, value in stored.items() if citation[name] != value)
    if (citation["published"] or "")[:10] != (published or "")[:10]:
        yield "published differs"
    context = citation["context"]
    if context is not None and (context not in text or citation["quote"] not in context):
        yield "context differs"


def answer_faults(answer: dict[str, Any]) -> Iterator[str]:
    """Yield what is wrong with an answer as a whole, in words."""
    statements = answer["statements"]
    if (answer["status"] == "answered") != bool(statements):
        yield "status does not fit the statements"
    if any(not statement["citations"] for statement in statements):
        yield "a statement without citation"
    elif answer["answer"] is not None and (
        not statements or answer["answer"] not in statements[0]["citations"][0]["quote"]
    ):
        yield "the short answer is not in the first quote"


def check(store: Path, answers: Path) -> tuple[int, int, int, list[str]]:
    """Return (answers, errors, quotes, faults) of a file of answers."""
    connection = sqlite3.connect(
        f"{(store / 'archive.sqlite3').resolve().as_uri()}?mode=ro", uri=True
    )
    count = errors = quotes = 0
    faults: list[str] = []
    # Not splitlines(): a quote may hold characters that it takes for the end of a line.
    for number, line in enumerate(answers.read_text(encoding="utf-8").rstrip("\n").split("\n"), 1):
        answer = json.loads(line)
        if "error" in answer:
            errors += 1
            continue
        count += 1
        faults += [f"{answers}:{number}: {fault}" for fault in answer_faults(answer)]
        cited = [c for statement in answer["statements"] for c in statement["citations"]]
        for citation in cited + answer["nearest"]:
            quotes += 1
            found = citation_faults(connection, citation)
            faults += [f"{answers}:{number}: {fault}: {citation['quote']!r}" for fault in found]
    connection.close()
    return count, errors, quotes, faults


def main(arguments: list[str]) -> int:
    """Check and report; return the exit code."""
    if len(arguments) != 2:
        sys.stderr.write(__doc__)
        return 2
    count, errors, quotes, faults = check(Path(arguments[0]), Path(arguments[1]))
    sys.stdout.write("".join(f"{fault}\n" for fault in faults))
    sys.stdout.write(
        f"{count} answers ({errors} errors), {quotes} quotes checked, {len(faults)} faults\n"
    )
    return 1 if faults or not quotes else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
