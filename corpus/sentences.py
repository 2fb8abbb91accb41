"""Canonical text -> sentences, with exact spans.

sentencex finds where sentences may end; this module knows what news adds to that. A newline always
ends a sentence, so headings and list items stand alone. Quotation marks and brackets are handled
here, because sentencex takes a whole quotation for one sentence, however long:

* A closing mark belongs to the sentence before it, an opening mark to the one after it.
* A quotation or bracket of several sentences stays one sentence with its attribution, so that a
  quote never passes a speaker's words off as the reporter's, as long as that sentence has at most
  `MAX_ENCLOSED` characters. A longer one is split at each of its inner sentence ends, and so is
  one that does not close on its line (a quotation that runs on over several paragraphs).
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

import sentencex

from corpus.article import Sentence, Span

MAX_ENCLOSED = 300
# What sentencex reads at once, and how far from a cut it is sure; both in characters.
_WINDOW = 10_000
_MARGIN = 200
# No rule about the beginning of a sentence looks at more characters.
_LONGEST_START = 200

# sentencex pairs up marks itself, in quadratic time, and leaves bullet points whole, so it is shown
# blanks in place of both; and of lone surrogates, which it refuses and canonical text never holds.
_MASKED = re.compile("[\"'()\\[\\]{}«»“”„‟‘’‚‛‹›•‣◦▪■●·\ud800-\udfff]")
# Blanked, the marks of "can't." and "(F)." would leave what looks like initials.
_WITHIN_WORD = re.compile(r"[\"'”’»)\]](?:(?<=\w['’])(?=\w)|(?<=\w.)(?=[.!?]))")
_OPENING = "“„«([{"
_MARKED = "\"'‘"
_MARKS = re.compile('["“”„«»()\\[\\]{}]')
# Curly and straight marks are one kind, since many articles open with one and close with the other.
_PAIR = dict(zip('"“„”«»()[]{}', '""""««(([[{{', strict=True))
# A straight mark opens at the start of a line, or after a space, bracket or dash.
_OPENS = re.compile(r'(?:^|[\s(\[{“‘—–-])"(?=[^\s.,;:!?])')
_TRAILING_MARKS = re.compile("[\"'“”„‟‘’‚‛‹›«»()\\[\\]{}]+$")
_CLOSERS = re.compile("[\"'”’»›)\\]}]*")

_TITLES = (
    "Adm Amb Archbp Asst Atty Brig Bro Capt Cdr Cmdr Col Cong Cpl Del Dep Det Dr Drs Ens Fr Ft Gen"
    " Gens Gov Govs Hon Insp Lt Maj Messrs Mlle Mme Mr Mrs Ms Msgr Mt Ofc Pfc Pres Prof Pvt Rep"
    " Reps Rev Sen Sens Sgt Spc St Ste Supt Treas"
)
_BEFORE_NAME = re.compile(rf"(?<![\w.])(?:{'|'.join(_TITLES.split())})\.$")
_BEFORE_NUMBER = re.compile(
    r"(?<!\w)(?:[Nn]os?|[Pp]p?|[Vv]ol|[Aa]rt|[Ff]ig|[Ss]ec|[Cc]h|ca?|approx|est)\.$"
)
_BEFORE_ANY = re.compile(r"(?<![\w.])(?:vs|ft|feat|approx|cf)\.$")
_MONTHS = "Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec"
_MONTH = re.compile(rf"(?<!\w)(?:{_MONTHS})\.$")
_HOUR = re.compile(r"(?<![A-Za-z])[ap]\.\s?m\.$", re.IGNORECASE)
_AFTER_HOUR = re.compile(
    r"(?:Mon|Tues?|Wed|Wednes|Thur?s?|Fri|Sat|Satur|Sun)(?:day|\.)"
    rf"|(?:{_MONTHS})\. \d|(?:Jan|Febr)uary|March|April|May \d|June|July|August"
    r"|(?:Septem|Octo|Novem|Decem)ber|Christmas|New Year|Easter|Thanksgiving"
    r"|[ECMPAHU][SD]?T\b|\(|GMT|UTC|BST|CES?T|IST|JST"
    r"|(?:Eastern|Central|Mountain|Pacific|Greenwich) |(?:[A-Z]\w+ ){1,2}(?:local )?time\b"
)
_ITEM_NUMBER = re.compile(r"\(?(?:\d{1,3}|[A-Za-z]|[ivx]{1,4})[.)]$")
_EXCLAIMED_NAME = re.compile(r"(?<!\w)(?:Yahoo|Jeopardy|Wham|Panic)!$")
_LOWER_START = re.compile(r"(?:[-–—]+ )?[^\w\s]*[a-z\u00df-\u00f6\u00f8-\u00ff](?![a-z]*[A-Z])")
_RUNNING_ON = re.compile(r"[,;:)\]}%/]|[-–]\w")
_ATTRIBUTION = re.compile(
    r"(?:[A-Z][\w.’'-]*,? ){1,5}(?:\d+, )?(?:\w+ly )?(?:said|says|asked|asks|wrote|writes|added"
    r"|replied|told|tweeted|shouted|yelled|exclaimed|cried|recalled|continued|joked|explained)\b"
)
_ASKED = re.compile("[!?][\"”“’‘')]?[\"”“’‘' ]*[\"”“’‘']$")
# Without a verb, "At 5 p.m." is the beginning of a sentence.
_HOUR_PHRASE = re.compile(
    r"[^\w]*(?:At|By|Around|About|Shortly|Just|Only|Starting|Beginning|From|Before|After|Until|Since"
    r"|Between)\b[^,]{,60}$"
)
_INITIALS = re.compile(r"(?<![\w.])(?:[A-Z]\.[- ]?)*[A-Z]\.$")
_CAN_END = re.compile(
    r"(?:U\.S|U\.S\.A|U\.K|U\.N|E\.U|D\.C|L\.A|N\.Y|N\.[CDHJM]|S\.[CD]|W\.V|R\.I|B\.C|A\.D|P\.R"
    r"|(?:Group|Plan|Vitamin|[Hh]epatitis|Title|Exhibit|Type|Class|Grade:?|Part) [A-Z]|[a-z] I)\.$"
)
_STARTER = re.compile(
    r"(?:A|After|All|Also|Although|An|And|Another|Are|As|At|Because|Before|Both|But|By|Can|Did|Do"
    r"|Does|Each|Even|Every|For|From|Had|Has|Have|He|Her|Here|His|How|However|I|If|In|Is|It|Its|Just|Last"
    r"|Many|Meanwhile|More|Most|My|No|Not|Now|On|Once|One|Only|Or|Other|Others|Our|She|Since|So|Some|Such"
    r"|That|The|Their|Then|There|These|They|This|Those|Though|To|Until|Was|We|Were|What|When|Where"
    r"|Which|While|Who|Why|Will|With|Yes|Yet|You|Your)(?![\w.])"
)
# Where the space is missing, "PowerOutage.US" and "Booking.Com" are no two sentences.
_GLUED_ON = re.compile(r"(?![A-Z]{2}|Com\b|Org\b|Net\b)")
# sentencex takes "me." for Maine, "no." for a number and so on, whatever the case.
_MISSED = re.compile(
    rf"\.(?:(?<=[a-z]{{2}}\.)|(?<=[A-Z]{{2}}\.)) +(?={_STARTER.pattern})"
    r"|\.(?:(?<=\b(?:me|no|DC|LA|OK|ID)\.)|(?<=\bart\.)) +(?=[A-Z])"
)
_WORD = re.compile(r"\w")
_GLUED = re.compile(r"(?:[a-z]{2}[.!?]|[.!?][”\"’')]+|[。！？])$")


def split_sentences(text: str, version_id: int = 0) -> list[Sentence]:
    """Split canonical text into sentences: sorted, disjoint, only white space between them.

    Args:
        text: Canonical text; any other string is split as well.
        version_id: Stored with each sentence.

    Returns:
        Sentences without surrounding white space; lines that hold any text count as paragraphs.
    """
    sentences: list[Sentence] = []
    paragraph = 0
    offset = 0
    for line in text.split("\n"):
        if line.strip():
            for start, end in _split_line(line):
                span = Span(offset + start, offset + end)
                sentences.append(Sentence(version_id, len(sentences), span, paragraph))
            paragraph += 1
        offset += len(line) + 1
    return sentences


def _split_line(line: str) -> Iterator[tuple[int, int]]:
    ends = [*_with_words(line, _keep_enclosed(line, list(_boundaries(line)))), len(line)]
    start = 0
    for end in ends:
        piece = line[start:end]
        stripped = piece.strip()
        if stripped:
            first = start + piece.index(stripped[0])
            yield first, first + len(stripped)
        start = end


def _with_words(line: str, boundaries: list[int]) -> list[int]:
    """Drop boundaries so that no sentence lacks a word: a lone "..." joins the one before it."""
    kept: list[int] = []
    for begin, end in pairwise([0, *boundaries, len(line)]):
        if _WORD.search(line, begin, end):
            kept.append(end)
        elif kept:
            kept[-1] = end
    return kept[:-1]


def _boundaries(line: str) -> Iterator[int]:
    """Yield the positions at which a new sentence starts, in order, without 0."""
    uncased = line.islower()
    straight = [mark.start() for mark in re.finditer('"', line)]
    masked = _MASKED.sub(" ", _WITHIN_WORD.sub("x", line))
    begun = 0
    found = {*_starts(masked), *(match.end() for match in _MISSED.finditer(masked))}
    for start in sorted(found):
        position = _with_marks(line, start, straight)
        if position <= begun:
            continue
        before = line[max(begun, position - 80) : position]
        sentence = line[begun : min(position, begun + _LONGEST_START)]
        if _is_boundary(before, line[position : position + 80], sentence, uncased):
            yield position
            begun = position


def _starts(line: str) -> Iterator[int]:
    """Yield where sentencex starts sentences.

    It takes quadratic time over Chinese and Japanese, so a long line goes to it in windows. What it
    says near the end of one may be due to the cut; the next begins before that.
    """
    begun = 0
    while begun < len(line):
        window = line[begun : begun + _WINDOW]
        sure = len(window) if begun + _WINDOW >= len(line) else len(window) - _MARGIN
        found = [
            boundary["start_index"] for boundary in sentencex.get_sentence_boundaries("en", window)
        ]
        starts = [start for start in found if 0 < start < sure]
        yield from (begun + start for start in starts)
        begun += starts[-1] if starts and sure < len(window) < 2 * starts[-1] else sure


def _with_marks(line: str, position: int, straight: list[int]) -> int:
    """Move a boundary back over the opening marks that stand before the new sentence."""
    marks = _TRAILING_MARKS.search(line, max(0, position - 8), position)
    if not marks:
        lone = position - 2
        opens = line[lone - 1 : position] == ' " ' and bisect_left(straight, lone) % 2 == 0
        return lone if opens else position
    if marks.start() == 0 or line[marks.start() - 1].isspace():
        return marks.start()
    closers = _CLOSERS.match(line, marks.start(), position)
    return closers.end() if closers else position


def _is_boundary(before: str, after: str, sentence: str, uncased: bool) -> bool:
    """Whether a sentence may end there; `sentence` needs no more than `_LONGEST_START` of it."""
    left = before.rstrip()
    if left == before and not (_GLUED.search(left) and _GLUED_ON.match(after)):
        return False
    if _RUNNING_ON.match(after) or (not uncased and _LOWER_START.match(after)):
        return False
    if _ITEM_NUMBER.fullmatch(sentence.strip()):
        return False
    return not _is_abbreviated(left, after, sentence)


def _is_abbreviated(left: str, after: str, sentence: str) -> bool:
    if left.endswith("."):
        number_follows = after[:1].isdigit()
        return bool(
            _BEFORE_NAME.search(left)
            or _BEFORE_ANY.search(left)
            or (number_follows and (_BEFORE_NUMBER.search(left) or _MONTH.search(left)))
            or (_HOUR.search(left) and (_AFTER_HOUR.match(after) or _HOUR_PHRASE.match(sentence)))
            or (
                _INITIALS.search(left)
                and not (_CAN_END.search(left) or _STARTER.match(after.lstrip(_OPENING + _MARKED)))
            )
        )
    if _ASKED.search(left):
        return bool(_ATTRIBUTION.match(after))
    return bool(_EXCLAIMED_NAME.search(left))


def _keep_enclosed(line: str, boundaries: list[int]) -> list[int]:
    """Drop the boundaries inside quotations and brackets that are short enough to stay whole."""
    enclosed = _enclosures(line) if boundaries else []
    outside = [position for position in boundaries if not _is_inside(position, enclosed)]
    if len(outside) == len(boundaries):
        return boundaries
    kept: list[int] = []
    for begin, end in pairwise([0, *outside, len(line)]):
        if end - begin > MAX_ENCLOSED:
            kept += boundaries[bisect_right(boundaries, begin) : bisect_left(boundaries, end)]
        kept.append(end)
    return kept[:-1]


def _is_inside(position: int, enclosed: list[tuple[int, int]]) -> bool:
    following = bisect_left(enclosed, (position, 0))
    return following > 0 and position <= enclosed[following - 1][1]


def _enclosures(line: str) -> list[tuple[int, int]]:
    """Return the outermost pairs of marks that open and close on this line, as their positions."""
    pairs: list[tuple[int, int]] = []
    waiting: list[tuple[str, int]] = []
    count: Counter[str] = Counter()
    for mark in _MARKS.finditer(line):
        kind, position = _PAIR[mark[0]], mark.start()
        if mark[0] in _OPENING or (
            mark[0] == '"' and _OPENS.search(line[max(0, position - 1) : position + 2])
        ):
            waiting.append((kind, position))
            count[kind] += 1
        elif count[kind]:
            start = _take_opening(kind, waiting, count)
            while pairs and pairs[-1][0] > start:
                pairs.pop()
            pairs.append((start, position))
    return pairs


def _take_opening(kind: str, waiting: list[tuple[str, int]], count: Counter[str]) -> int:
    """Remove the nearest opening mark of this kind, and those left open after it."""
    while True:
        found, start = waiting.pop()
        count[found] -= 1
        if found == kind:
            return start
