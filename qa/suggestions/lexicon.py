"""Closed word lists for questions made of sentences: verbs, auxiliaries, persons, dates, amounts.

What is not listed is not made a question of: a question that reads oddly is worse than none.
"""

from __future__ import annotations

from collections.abc import Iterable

from qa.reader.question import KIND_OF_HEAD, Kind
from qa.verbs import IRREGULAR, past_forms

# Regular verbs of the news whose past names one thing that somebody did.
_REGULAR = """
abandon accept acquire add adopt agree appear apply appoint approve arrest arrive ask attack attend
award back ban block book borrow call cancel capture carry celebrate challenge change charge claim
clear close collapse collect complete condemn conduct consider contribute convict crash create
criticise criticize cross damage decide declare decline defeat defend delay deliver demand deploy
design destroy develop die direct discover dismiss donate drop earn elect end enter establish
evacuate execute expand expel extend face fail file fine finish fire form found gain grant halt hand
happen help hire host impose improve increase indict inject injure install introduce invade invent
invest investigate invite issue join jump kill land launch leak lift list live lower marry merge
miss move name narrow nominate offer open operate oppose order organise organize oust overturn pass
perform place plan plant play pledge post postpone present prevent produce promise promote propose
protest publish pull purchase push qualify raise reach receive recover reduce refuse reject release
remove rename renew repair replace report request require rescue resign resume retire return reveal
reverse sail schedule score seize sentence settle share ship sign skip slip sponsor stage start stop
storm succeed suffer suggest supply support surrender survive suspend test top total tour travel
triple turn unveil use vaccinate visit vote walk want warn welcome work
"""
# The past of these is as well, or oftener, another word.
_AMBIGUOUS = frozenset(
    "found bound wound ground lay bore saw felt left read shed shot lead bid bet put set let wore "
    "bit rent spun hung lent".split()
) - {"left", "lent", "put", "set", "saw"}


def _bases() -> dict[str, str]:
    bases: dict[str, str] = {}
    for base, (pasts, _) in IRREGULAR.items():
        bases.update((past, base) for past in pasts if past not in _AMBIGUOUS)
    for base in _REGULAR.split():
        bases.update((form, base) for form in past_forms(base) if _is_spelled_so(base, form))
    return bases


def _is_spelled_so(base: str, past: str) -> bool:
    """Return whether a regular past has one letter or two as it should: "planned", "opened"."""
    doubled = past == f"{base}{base[-1]}ed"
    return doubled == (base in _DOUBLING)


_DOUBLING = frozenset("ban drop expel plan skip ship slip stop top".split())
BASE_OF = _bases()
"""A past that is hardly anything else: the verb's base."""
BASES = frozenset(BASE_OF.values())


def _with_s(base: str) -> str:
    return f"{base[:-1]}ies" if base.endswith("ry") else f"{base}s"


# "costs": the present of verbs that say how something is, rather than what happened.
_PRESENT = (
    "cost have employ owe earn own operate run contain house cover weigh produce need serve carry "
    "attract hold"
)
PRESENT = {"has" if base == "have" else _with_s(base): base for base in _PRESENT.split()}
BEING = frozenset("is are was were".split())
HAVING = frozenset("has have had".split())
MODAL = frozenset("will would can could should must may might".split())
DOING = frozenset("did does do".split())
AUXILIARIES = BEING | HAVING | MODAL | DOING
SAYING = frozenset(
    "say tell add note write explain warn argue claim confirm state insist acknowledge recall "
    "report reveal suggest ask think know want hear mean call agree announce".split()
)
MONEY_VERBS = frozenset(
    "cost pay raise spend invest donate lose earn borrow lend owe offer contribute save make "
    "charge pledge fine award".split()
)
COUNTED_VERBS = frozenset(
    "have employ operate own kill injure sell build buy hire close open attract contain house "
    "launch arrest evacuate rescue vaccinate produce create deliver order deploy lose "
    "hold carry plant receive publish release".split()
)
# Who did it is a question by itself where it is known what was done.
WHO_VERBS = frozenset(
    "won directed wrote founded created designed discovered invented leads heads chairs owns "
    "defeated beat succeeded replaced bought plays played built produced".split()
)
PLACED = frozenset("based born held located headquartered buried staged found".split())
# A clause is left off where one of these begins it.
SUBORDINATE = frozenset("after before when while because although though amid due owing".split())
# A rest with one of these is no simple clause.
JOINING = frozenset(
    "that which who whose whom where if as than but or since until whether how what why so nor "
    "though unless despite like including".split()
)
# What is said with one of these cannot be understood by itself.
POINTING = frozenset(
    "he she it they him them we us i you me my our your this these those here there such same "
    "former latter another other others both each also too again ago today yesterday tomorrow "
    "tonight now then earlier later recently currently so far respectively".split()
)
# What was done to several things of which nothing is said is nothing to ask about.
VAGUE = frozenset(
    "several some many various few more most all any history similar unrelated".split()
)
# What articles say of their own making, or say of anything.
EMPTY = frozenset("headlines comment comments respond anonymity interview".split())
PERSON_NOUNS = frozenset(
    noun for noun, kind in KIND_OF_HEAD.items() if kind is Kind.PERSON and noun != "people"
) | frozenset(
    "professor analyst editor economist attorney engineer chief chairman chairwoman chair head "
    "owner teacher nurse doctor expert captain activist reporter correspondent critic fellow "
    "co-founder historian physician surgeon psychologist lecturer student farmer principal "
    "prosecutor sheriff superintendent spokesperson strategist consultant curator trustee sister "
    "brother mother father widow wife husband daughter son entrepreneur investor banker biologist "
    "geologist astronomer astronaut ambassador diplomat general colonel officer adviser advisor "
    "auditor technician librarian conductor composer choreographer chef trader".split()
)
NOT_A_NAME = frozenset(
    "in on at by for from with after before since until during when while as if but and or so yet "
    "monday tuesday wednesday thursday friday saturday sunday january february march april may "
    "june july august september october november december meanwhile however according last next "
    "this that these those there here what who why how where which both all some many most few "
    "several two three four five six seven eight nine ten more less one another other police "
    "officials experts critics researchers scientists authorities former mr mrs ms dr unlike like "
    "despite even though among instead then under over through between without because just no not "
    "although though whereas amid our their his her its my your every each such new former".split()
)

_MONTH = (
    r"(?:Jan(?:uary|\.)?|Feb(?:ruary|\.)?|March|Mar\.|April|Apr\.|May|June|July|Aug(?:ust|\.)?"
    r"|Sept(?:ember|\.)?|Oct(?:ober|\.)?|Nov(?:ember|\.)?|Dec(?:ember|\.)?)"
)
_WEEKDAY = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
DATE = (
    rf"(?:{_WEEKDAY}, {_MONTH} \d{{1,2}}(?:, \d{{4}})?"
    rf"|(?:(?:late|early) )?{_MONTH}(?: \d{{1,2}}(?!\d))?(?:,? (?:of )?\d{{4}})?"
    rf"|(?:early |late )?\d{{4}}|{_WEEKDAY}(?: (?:morning|afternoon|evening|night))?)"
)
WEEKDAY = rf"{_WEEKDAY}(?: (?:morning|afternoon|evening|night))?"
ABOUT = (
    r"(?:(?:about|around|nearly|almost|more than|at least|over|some|roughly|approximately|up to|"
    r"an estimated|as much as|as many as|only|just|a record|a total of) )?"
)
MONEY = (
    r"(?:(?:US|C|A)?[$£€¥]\s?\d[\d.,]*(?<=\d)(?:\s(?:million|billion|trillion|thousand))?"
    r"|\d[\d.,]*\s(?:(?:million|billion|trillion)\s)?(?:dollars|euros|pounds|yuan|rubles))"
)
NUMBER = (
    r"(?:\d[\d,.]*(?:\s(?:million|billion))?|two|three|four|five|six|seven|eight|nine|ten|eleven|"
    r"twelve|[a-z]+teen|(?:twen|thir|for|fif|six|seven|eigh|nine)ty(?:-[a-z]+)?)"
)


def holds_any(text: str, words: Iterable[str]) -> bool:
    """Return whether a text has one of the words; "May" and "Will" with a capital are names."""
    return not frozenset(words).isdisjoint(text.replace(",", "").split())


def is_measure(noun: str) -> bool:
    """Return whether a plural counts time or money, or nothing in particular."""
    return noun.split()[-1] in _MEASURES


_MEASURES = frozenset(
    "years months weeks days hours minutes seconds decades dollars euros pounds cents percent "
    "times points others thousands millions dozens hundreds things ways".split()
)
