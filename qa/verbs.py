"""The past of English verbs, for comparing statements that differ in tense only."""

from __future__ import annotations

from functools import lru_cache

# Base, past and participle (the same if left out); alternatives are joined by a slash.
_IRREGULAR = """
arise arose arisen; awake awoke awoken; beat beat beaten; become became become; begin began begun;
bend bent; bet bet; bid bid; bind bound; bite bit bitten; bleed bled; blow blew blown;
break broke broken; breed bred; bring brought; broadcast broadcast; build built; burn burned/burnt;
burst burst; buy bought; cast cast; catch caught; choose chose chosen; cling clung; come came come;
cost cost; creep crept; cut cut; deal dealt; dig dug; draw drew drawn; dream dreamed/dreamt;
drink drank drunk; drive drove driven; eat ate eaten; fall fell fallen; feed fed; feel felt;
fight fought; find found; flee fled; fling flung; fly flew flown; forbid forbade forbidden;
forecast forecast; foresee foresaw foreseen; forget forgot forgotten; forgive forgave forgiven;
freeze froze frozen; get got got/gotten; give gave given; go went gone; grind ground;
grow grew grown; hang hung/hanged; hear heard; hide hid hidden; hit hit; hold held; hurt hurt;
keep kept; kneel knelt; know knew known; lay laid; lead led; leap leaped/leapt; leave left;
lend lent; let let; light lit; lose lost; make made; mean meant; meet met; mistake mistook mistaken;
outdo outdid outdone; overcome overcame overcome; oversee oversaw overseen;
overtake overtook overtaken; overthrow overthrew overthrown; pay paid; plead pleaded/pled;
prove proved proved/proven; put put; quit quit; read read; rebuild rebuilt; rid rid;
ride rode ridden; ring rang rung; rise rose risen; run ran run; say said; see saw seen; seek sought;
sell sold; send sent; set set; sew sewed sewn; shake shook shaken; shed shed; shine shone;
shoot shot; show showed shown/showed; shrink shrank shrunk; shut shut; sing sang sung;
sink sank sunk; sit sat; slay slew slain; sleep slept; slide slid; speak spoke spoken; speed sped;
spend spent; spin spun; split split; spread spread; spring sprang sprung; stand stood;
steal stole stolen; stick stuck; sting stung; strike struck; swear swore sworn; sweep swept;
swell swelled swollen; swim swam swum; swing swung; take took taken; teach taught; tear tore torn;
tell told; think thought; throw threw thrown; understand understood; undergo underwent undergone;
undertake undertook undertaken; undo undid undone; uphold upheld; upset upset; wake woke woken;
wear wore worn; weave wove woven; weep wept; win won; wind wound; withdraw withdrew withdrawn;
withhold withheld; withstand withstood; write wrote written
"""


def _table() -> dict[str, tuple[frozenset[str], frozenset[str]]]:
    table = {}
    for entry in _IRREGULAR.replace("\n", " ").split(";"):
        base, past, *participle = entry.split()
        pasts = frozenset(past.split("/"))
        table[base] = pasts, frozenset(participle[0].split("/")) if participle else pasts
    return table


IRREGULAR = _table()
"""Base: its forms in the past, and its participles."""
_BASES = {
    form: base for base, (pasts, participles) in IRREGULAR.items() for form in pasts | participles
}
_VOWELS = frozenset("aeiou")


@lru_cache(maxsize=50_000)
def past_forms(word: str) -> frozenset[str]:
    """Return past and participle of a verb in the present, base or "-s"; lower case.

    Any word is taken for a verb: for "table" too the forms would be "tabled".
    """
    return frozenset(form for base in (word, *_without_s(word)) for form in _past_of(base))


def _without_s(word: str) -> tuple[str, ...]:
    if word.endswith("ies"):
        return (word[:-3] + "y",)
    if word.endswith("s") and not word.endswith("ss"):
        return (word[:-1], word[:-2]) if word.endswith("es") else (word[:-1],)
    return ()


def _past_of(base: str) -> frozenset[str]:
    if base in IRREGULAR:
        pasts, participles = IRREGULAR[base]
        return pasts | participles
    if len(base) < 2:
        return frozenset()
    if base.endswith("e"):
        return frozenset((base + "d",))
    if base.endswith("y") and base[-2] not in _VOWELS:
        return frozenset((base[:-1] + "ied",))
    doubled = base[-2] in _VOWELS and base[-1] not in _VOWELS | set("wxy")
    return frozenset((base + "ed", base + base[-1] + "ed") if doubled else (base + "ed",))


def may_be_past(word: str) -> bool:
    """Return whether the word may be the past of a verb ("gave", "lent", "lifted"; not "given")."""
    if word in _BASES:
        return word in IRREGULAR[_BASES[word]][0]
    return len(word) > 3 and word.endswith("ed")


def is_participle(word: str) -> bool:
    """Return whether the word may be a participle ("given", "lent", "lifted"; not "gave")."""
    if word in _BASES:
        return word in IRREGULAR[_BASES[word]][1]
    return len(word) > 3 and word.endswith("ed")


def is_only_past(word: str) -> bool:
    """Return whether the word can be nothing but a past ("gave"; not "lent")."""
    return may_be_past(word) and not is_participle(word)


def same_verb(one: str, other: str) -> bool:
    """Return whether both are past or participle of one verb ("gave", "given")."""
    base = _BASES.get(one)
    return one == other or (base is not None and base == _BASES.get(other))


def pasts_of_participle(word: str) -> tuple[str, ...]:
    """Return the past forms that go with a participle, sorted; itself for a regular verb."""
    base = _BASES.get(word)
    return tuple(sorted(IRREGULAR[base][0])) if base else (word,)


def participles_of_past(word: str) -> tuple[str, ...]:
    """Return the participles that go with a past form, sorted; itself for a regular verb."""
    base = _BASES.get(word)
    return tuple(sorted(IRREGULAR[base][1])) if base else (word,)
