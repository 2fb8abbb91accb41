"""Check a proof of OnRecord against the texts of its articles; needs nothing but Python 3.9.

    python check_proof.py PROOF.json ARTICLES.jsonl
    python check_proof.py PROOF.json ARTICLE.txt

PROOF.json is what `onrecord ask "..." --proof PROOF.json` wrote, or `onrecord eval run --json` or
`onrecord conversations export --format json`, of which every answer is checked. ARTICLES.jsonl
holds the articles as `onrecord export` writes them: a JSON object a line, with at least "id" and
"text". Any other name is read as the plain text, in UTF-8, of the one article that the proof cites.

For each quote it is checked that it is text[start:end] of its article, counted in code points; that
the article's text has the sha256 that the proof names; that title, publisher, link and date are
those of the article (JSONL only); that the context shown is stored text around the quote; and that
the proof agrees with itself: what it lists as articles, the short answer, and its status.

Exit codes: 0 everything holds, 1 something does not, 2 a file or the call is wrong, 3 what could be
checked holds, but the text of an article is missing.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

HOLDS, FAILS, UNUSABLE, INCOMPLETE = 0, 1, 2, 3
METADATA = ("title", "publisher", "url", "published")
STATUSES = ("answered", "declined", "unclear")


class UnusableError(Exception):
    """A file that cannot be read as what it should be; the text says which and why."""


class Finding(NamedTuple):
    """What was found out about one quote, or about the proof as a whole.

    Attributes:
        about: The quote, or what else was checked.
        faults: What is wrong, in words; none where it holds.
        checked: Whether there was a text to check with.
    """

    about: str
    faults: list[str]
    checked: bool = True


# Reading


def read_proofs(path: Path) -> list[dict[str, Any]]:
    """Return the proof, or every answer of an evaluation or conversation; UnusableError if none."""
    content = _parsed(_read(path), f"{path}")
    rows = content.get("rows", content.get("turns")) if isinstance(content, dict) else None
    if not isinstance(rows, list):
        return [_usable(content, f"{path}")]
    answers = [row.get("answer") if isinstance(row, dict) else row for row in rows]
    proofs = [_usable(a, f"{path}: row {n}") for n, a in enumerate(answers, 1) if a is not None]
    if not proofs:
        raise UnusableError(f"{path}: not a proof of OnRecord: it holds no answer")
    return proofs


def _usable(proof: Any, place: str) -> dict[str, Any]:  # noqa: ANN401 - whatever the file holds
    if not isinstance(proof, dict) or not isinstance(proof.get("statements"), list):
        raise UnusableError(f"{place}: not a proof of OnRecord: there is no list of statements")
    lists = [s.get("citations") for s in proof["statements"] if isinstance(s, dict)]
    if not all(isinstance(value, (list, type(None))) for value in (*lists, proof.get("nearest"))):
        raise UnusableError(f"{place}: not a proof of OnRecord: citations are no list")
    if not all(isinstance(citation, dict) for citation in citations(proof)):
        raise UnusableError(f"{place}: not a proof of OnRecord: a citation is no object")
    return proof


def citations(proof: dict[str, Any]) -> list[Any]:
    """Return every citation of the proof, the nearest sentences of a decline last."""
    statements = [s if isinstance(s, dict) else {} for s in proof["statements"]]
    cited = [c for s in statements for c in s.get("citations") or ()]
    return cited + list(proof.get("nearest") or ())


def read_articles(path: Path, proofs: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Return the articles of a file by id, each with its text."""
    content = _read(path)
    if path.suffix.lower() not in (".jsonl", ".ndjson", ".json"):
        return _single(path, content, [c for proof in proofs for c in citations(proof)])
    articles: dict[str, list[dict[str, Any]]] = {}
    for number, line in enumerate(content.split("\n"), 1):
        if not line.strip():
            continue
        article = _parsed(line, f"{path}:{number}")
        if not isinstance(article, dict) or not isinstance(article.get("text"), str):
            raise UnusableError(f"{path}:{number}: an article needs a field text")
        articles.setdefault(str(article.get("id")), []).append(article)
    return articles


def _parsed(content: str, place: str) -> Any:  # noqa: ANN401 - whatever the file holds
    try:
        return json.loads(content, object_pairs_hook=_unique)
    except (ValueError, RecursionError) as error:
        raise UnusableError(f"{place}: not JSON: {error}") from error


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object; one that says two things under one name could be read either way."""
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = next(name for name in found if sum(name == other for other, _ in pairs) > 1)
        raise ValueError(f"the key {twice!r} occurs twice")
    return found


def _single(path: Path, text: str, cited: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    ids = sorted({str(citation.get("article_id")) for citation in cited})
    if len(ids) > 1:
        raise UnusableError(
            f"{path}: the proof cites {len(ids)} articles ({', '.join(ids)}); "
            "give them as one JSONL file, as `onrecord export` writes it"
        )
    # An editor may have added a line end; the digest tells which text is meant.
    wanted = {citation.get("sha256") for citation in cited}
    fitting = [t for t in (text, text.rstrip("\r\n")) if digest(t) in wanted]
    return {ids[0]: [{"text": fitting[0] if fitting else text}]} if ids else {}


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise UnusableError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UnusableError(f"{path}: not UTF-8 at byte {error.start}") from error


def digest(text: str) -> str:
    """Return the hex sha256 of the text in UTF-8."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


# Checking


def check(proof: dict[str, Any], articles: dict[str, list[dict[str, Any]]]) -> Iterator[Finding]:
    """Yield what was found, first for the proof as a whole, then for each quote."""
    yield Finding("the proof itself", list(_own_faults(proof)))
    for citation in citations(proof):
        about = f'"{citation.get("quote")}"'
        candidates = articles.get(str(citation.get("article_id")), [])
        if candidates:
            yield Finding(about, list(_citation_faults(citation, _version(citation, candidates))))
        else:
            missing = f"the text of article {citation.get('article_id')} was not given"
            yield Finding(about, [missing], checked=False)


def _version(citation: dict[str, Any], articles: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the version cited, by its digest; else the first one given, to say what differs."""
    right = (a for a in articles if digest(a["text"]) == citation.get("sha256"))
    return next(right, articles[0])


def _citation_faults(citation: dict[str, Any], article: dict[str, Any]) -> Iterator[str]:
    text, quote, context = article["text"], citation.get("quote"), citation.get("context")
    start, end = citation.get("start"), citation.get("end")
    if digest(text) != citation.get("sha256"):
        yield "the sha256 of the text is another: this is not the version that was quoted"
    if type(start) is not int or type(end) is not int or not 0 <= start < end <= len(text):
        yield f"start {start!r} and end {end!r} are no place in the text ({len(text)} code points)"
    elif text[start:end] != quote:
        yield f'the text has another wording there: "{text[start:end]}"{_elsewhere(quote, text)}'
    elif context is not None and not _surrounds(str(context), text, start, end):
        yield "the context is not text of the article around the quote"
    for name in (*METADATA, "version"):
        if name in article and article[name] != citation.get(name):
            yield f"{name} is {article[name]!r} in the article, {citation.get(name)!r} in the proof"


def _surrounds(context: str, text: str, start: int, end: int) -> bool:
    """Return whether the context stands in the text so that it covers the quote's place."""
    return text.find(context, max(0, end - len(context)), start + len(context)) >= 0


def _elsewhere(quote: Any, text: str) -> str:  # noqa: ANN401 - whatever the file holds
    place = text.find(quote) if isinstance(quote, str) and quote else -1
    return f"; the quote does stand in it, word for word, at {place}" if place >= 0 else ""


def _own_faults(proof: dict[str, Any]) -> Iterator[str]:
    statements = [s for s in proof["statements"] if isinstance(s, dict)]
    if proof.get("status") not in STATUSES:
        yield f"the status is {proof.get('status')!r}, none of {', '.join(STATUSES)}"
    if (proof.get("status") == "answered") != bool(proof["statements"]):
        yield "an answer needs statements, and only an answer has them"
    citing = [statement for statement in statements if statement.get("citations")]
    if len(citing) < len(proof["statements"]):
        yield "a statement cites nothing"
    short, cited = proof.get("answer"), citations(proof)
    if short is not None and (not cited or str(short) not in str(cited[0].get("quote"))):
        yield f"the short answer {short!r} does not stand in the first quote"
    if "articles" in proof:
        yield from _listing_faults(proof["articles"], cited)


def _listing_faults(listed: Any, cited: list[dict[str, Any]]) -> Iterator[str]:  # noqa: ANN401
    known = listed if isinstance(listed, list) else []
    for citation in cited:
        named = (citation.get("article_id"), citation.get("version"))
        listing = [
            a for a in known if isinstance(a, dict) and (a.get("id"), a.get("version")) == named
        ]
        # Two articles may have one id; the digest tells which is meant.
        right = [a for a in listing if a.get("sha256") == citation.get("sha256")]
        article = next(iter(right or listing), None)
        if article is None:
            yield f"article {citation.get('article_id')} is cited but not listed"
            continue
        for name in (*METADATA, "sha256"):
            if article.get(name) != citation.get(name):
                yield f"{name} of article {article.get('id')} differs within the proof"


# Reporting


def report(proof: dict[str, Any], findings: list[Finding]) -> str:
    """Return the findings in words, one paragraph each, and a last line that sums up."""
    lines = [f"Question: {proof.get('question')}"]
    for finding in findings:
        mark = "holds" if not finding.faults else "FAILS" if finding.checked else "not checked"
        lines += [f"{mark}: {finding.about}", *(f"  - {fault}" for fault in finding.faults)]
    lines += [f"note: not word for word in its quotes, compare: {s}" for s in _reworded(proof)]
    quotes = findings[1:]
    held = sum(not finding.faults for finding in quotes)
    lines.append(f"{held} of {len(quotes)} quotes hold.")
    return "\n".join(_printable(line) for line in lines) + "\n"


def _reworded(proof: dict[str, Any]) -> Iterator[str]:
    """Yield the statements that are no part of a quote; what they say is for a reader to judge."""
    for statement in proof["statements"]:
        text = str(statement.get("text")) if isinstance(statement, dict) else ""
        if not any(text in str(c.get("quote")) for c in statement.get("citations") or ()):
            yield text


def _printable(line: str) -> str:
    # What a file says must not be able to steer the terminal.
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in line)


def main(arguments: list[str]) -> int:
    """Check the files named, report on standard output, and return the exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    if len(arguments) != 2:
        sys.stderr.write(__doc__)
        return UNUSABLE
    try:
        proofs = read_proofs(Path(arguments[0]))
        articles = read_articles(Path(arguments[1]), proofs)
    except UnusableError as error:
        sys.stderr.write(f"{_printable(str(error))}\n")
        return UNUSABLE
    findings: list[Finding] = []
    for proof in proofs:
        found = list(check(proof, articles))
        sys.stdout.write(report(proof, found))
        findings += found
    if any(finding.faults and finding.checked for finding in findings):
        return FAILS
    return HOLDS if all(finding.checked for finding in findings) else INCOMPLETE


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
