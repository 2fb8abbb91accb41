"""Which language a question is in, where that is clearly not English.

A question is short and full of names, so it is judged by script first and, in Latin letters, by the
small words of each language. None of these is a common English word; and one alone proves nothing,
as names, titles and idioms have them too.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from unicodedata import combining, name, normalize

LEAST_SCORE = 2
LEAST_LETTERS_WITHOUT_ACCENT = 6
_WORD = re.compile(r"[^\W\d_]+|¿")
_LATIN_NAME = re.compile(r"[A-Z][A-Za-z]*")
_BEFORE_OPENING = 2  # as many letters at most: "y quién", "de quoi"
_LENGTHS = (1, 2, 3, 4)  # of an opening, in words

_OF_SCRIPT = {
    "CYRILLIC": "ru", "GREEK": "el", "ARABIC": "ar", "HEBREW": "he", "CJK": "zh",
    "HIRAGANA": "ja", "KATAKANA": "ja", "HANGUL": "ko", "DEVANAGARI": "hi", "THAI": "th",
    "BENGALI": "bn", "GUJARATI": "gu", "GURMUKHI": "pa", "KANNADA": "kn", "MALAYALAM": "ml",
    "TAMIL": "ta", "TELUGU": "te", "SINHALA": "si", "MYANMAR": "my", "KHMER": "km", "LAO": "lo",
    "ETHIOPIC": "am", "GEORGIAN": "ka", "ARMENIAN": "hy",
}  # fmt: skip
"""The language with most speakers of each script, by the script's name in Unicode."""

_TELLING = {
    "ja": "[ぁ-ヺ]",
    "be": "ў",
    "kk": "[әғқңөұүһ]",
    "uk": r"[іїєґ]|\b(?:що|хто|чому|коли|чи|або|був|була|були)\b",
    "sr": "[ђћјљњ]",
    "bg": r"\b(?:кой|коя|кои|какво|колко|къде|кога|защо)\b",
    "ur": "[ٹڈڑے]",
    "fa": "[پچژگ]",
}
"""What tells another language of the same script, in the order in which it is looked for."""

_ENGLISH = frozenset(
    """the of and what who whom whose which when where why how did does has have were been with from
    this that these those there they their his she he it its you your many much about before after
    between because would could should into than if whether any""".split()
)
"""With one of these, a question is taken for English."""

# Code: what a question opens with, any of which is enough; other small words; and letters that are
# hardly found in English outside of names.
_LATIN = {
    "es": (
        """¿, quién, quiénes, quien, cuánto, cuánta, cuántos, cuántas, cuándo, dónde, cuál, cuáles,
        qué, cómo, por qué, por que""",
        """que cuando como donde está están fue fueron había tiene tienen una sobre desde hasta
        entre según después antes también pero más este esta murió dijo ganó""",
        "",
    ),
    "pt": (
        """quem, quantos, quantas, quanto custa, quanto custou, onde, quais, o que, por que, por
        quê""",
        """que qual quanto quanta quando como foi foram está estão são é tem têm não uma pelo pela
        pelos pelas ao aos à às sobre mais ele ela eles seu sua seus suas ainda já depois até entre
        desde muito também houve há este esta morreu disse""",
        "ãõ",
    ),
    "fr": (
        """pourquoi, combien, quelle, quelles, quels, quel, lequel, laquelle, lesquels, où, qui a,
        qu a, est ce que, qu est ce, que s est, y a t il""",
        """qui que qu quoi quand est sont était étaient été ont avait dans avec chez une leur leurs
        cette il elle ils elles nous vous depuis après selon contre comme très toujours jamais""",
        "",
    ),
    "de": (
        """warum, weshalb, wieso, wieviel, wieviele, welche, welcher, welches, welchen, welchem,
        wessen, woran, womit, wodurch, woher, wohin, wofür, wogegen, worüber, was ist, was hat, was
        sagt, was sagte, was kostet, was kostete, was geschah, was passierte, was bedeutet, was
        macht, was wurde, wer hat, wie alt, wie hoch, wie lange, wie groß, wo fand""",
        """wie viel viele wer wem wann wo ist sind waren wurde wurden wird werden worden haben hatte
        hatten gibt gab nicht noch auch sich ein eine einen einem einer eines mit nach bei beim für
        über zwischen gegen vom zum zur seit durch wegen dass oder aber schon sein seine ihr ihre
        kein keine zu auf""",
        "äöüß",
    ),
    "it": (
        """perché, quanti, quante, quanto costa, quanto è, quale, chi ha, chi è, chi sono, che cosa,
        cos è, cosa ha, qual è, come è, com è, dove è, dov è, dove si, di chi""",
        """chi che cosa quali quando quanto quanta è sono hanno stato stata stati nel nella nei
        nelle nell sul sulla sulle dal dalla dai dall degli delle alla agli alle il gli una più
        anche ancora dopo questo questa suo sua contro senza""",
        "",
    ),
    "nl": (
        """hoeveel, waarom, wanneer, welke, welk, waaraan, waardoor, waarmee, waarvoor, waarover,
        heeft, hoe oud, hoe lang, hoe vaak, hoe groot, hoe hoog, waar is, waar vond, wat kost, wat
        zei, wat gebeurde""",
        """wie wat waar hebben zijn werd werden wordt worden een het voor naar bij niet geen ook
        maar uit tegen tussen sinds toen dat deze dit hij zij zich haar kwam kwamen ging gingen er
        aan""",
        "",
    ),
    "pl": (
        """dlaczego, kto, kiedy, gdzie, który, która, które, którzy, jaki, jaka, jakie, czy, czemu,
        ile osób, ile kosztuje, ile lat, ile razy, co się, co powiedział, co to""",
        """ile jak są był była było były został została zostało zostały się nie od przez dla przed
        przy że roku mają może oraz lub jego jej już jeszcze także tylko powiedział zmarł""",
        "ąćęłńśżź",
    ),
    "tr": (
        """neden, niçin, kaç, ne kadar, ne zaman, nerede, nereye, hangi, nasıl""",
        """kim kimin ne kadar zaman mı mi mu mü mıydı miydi muydu için bir bu olan olarak oldu
        olacak daha sonra önce göre değil kişi dedi öldü""",
        "ğış",
    ),
    "id": (
        """berapa, siapa, mengapa, kenapa, kapan, bagaimana, apakah, dimana, di mana, adakah,
        siapakah, apa yang""",
        """apa yang dari dalam untuk dengan pada kepada oleh telah akan sudah masih tidak adalah itu
        tentang bisa karena setelah sebelum menjadi sebagai orang tahun lagi baru""",
        "",
    ),
    "sv": (
        """varför, vilka, vilken, vilket, vems, när, vem, hur många, hur mycket, hur gammal, hur
        länge, hur ofta, hur stor, vad är, vad var, vad sa, vad hände, vad kostar""",
        """hur vad är och som inte på för från av det ett har hade blev blir vara varit vid efter
        före mot eller finns fanns skulle kommer många mycket också längre fortfarande""",
        "åäö",
    ),
    "da": (
        "hvorfor, hvornår, hvordan, hvem, hvad, hvilken, hvilke, hvilket, hvis, hvor",
        """er af efter blev bliver ikke og på som det har havde meget mange været skal siden længere
        stadig mod mellem hun""",
        "åæø",
    ),
    "no": (
        "hvorfor, hvordan, hvem, hva, hvilken, hvilke, hvilket, hvor, når",
        """er av etter ble blir ikke og på som det har hadde mye mange vært skal siden lenger
        fortsatt mot mellom seg hun""",
        "åæø",
    ),
    "cs": (
        """proč, kolik, kdo, kdy, který, která, které, kteří, jaký, jaká, jaké, odkdy, čí, komu, co
        se, co je, co řekl, kde se, kde je""",
        """kde jak je byl byla bylo byly jsou ve na za při před podle ještě už také jako nebo že
        jeho její roce není nejsou má mají bude budou stále proti řekl zemřel""",
        "ěřů",
    ),
    "ro": (
        """cât, câți, câte, câtă, când, de ce, ce a, ce s a, ce este, ce sunt, cine a, cine este,
        cum a, cum se, unde a, unde este, care este, care a fost""",
        """cine unde ce este sunt fost să și pe cu că pentru după despre prin între ale lui lor
        acest această avut ani îi în cel cea cat cand""",
        "ăâîșț",
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Language:
    """What a language in Latin letters is known by; see `_LATIN`."""

    openings: frozenset[tuple[str, ...]]
    small: frozenset[str]
    letters: frozenset[str]

    @classmethod
    def read(cls, openings: str, small: str, letters: str) -> _Language:
        """Return what a row of the table says; longer words are also typed without accents."""
        opening = {tuple(each.split()) for each in openings.split(",")}
        opening |= {tuple(map(_plain, each)) for each in opening}
        single = frozenset(each[0] for each in opening if len(each) == 1).union(small.split())
        return cls(frozenset(opening), single.union(map(_plain, single)), frozenset(letters))

    def score(self, words: Sequence[str], *, has_case: bool) -> int:
        """Return how many different words speak for it; an opening counts for enough.

        Words that only have its letters may be names, where these are not told by capitals.
        """
        starts = {0, 1} if words and 0 < len(words[0]) <= _BEFORE_OPENING else {0}
        begun = {tuple(words[at : at + n]) for at in starts for n in _LENGTHS}
        score = len(self.small.intersection(words))
        score += 0 if begun.isdisjoint(self.openings) else LEAST_SCORE
        spelt = {word for word in words[1:] if not self.letters.isdisjoint(word)} - self.small
        return score + len(spelt) if score and has_case else score


def _plain(word: str) -> str:
    """Return the word without accents; a short one as it is, since it may be another one then."""
    if len(word) < LEAST_LETTERS_WITHOUT_ACCENT:
        return word
    return "".join(c for c in normalize("NFD", word) if not combining(c))


_TABLE = {code: _Language.read(*row) for code, row in _LATIN.items()}
KNOWN = frozenset((*_OF_SCRIPT.values(), *_TELLING, *_LATIN))
"""The code of every language that is told."""


def foreign_language(question: str) -> str | None:
    """Return the ISO 639-1 code of the language, one of `KNOWN`.

    None if the question may be in English or in a language that is not known. A short question in
    Norwegian may be taken for Danish, and one in Malay for Indonesian: they are written alike.
    """
    text = normalize("NFC", question)
    typed = text.lower() if text.isupper() else text
    words = list(_words(typed))
    if not _ENGLISH.isdisjoint(words):
        return None
    return _by_script(text) or _by_words(words, has_case=typed != typed.lower())


def _words(text: str) -> Iterator[str]:
    """Yield the words in lower case; "" for one that is capitalised after the first, a name."""
    for number, word in enumerate(_WORD.findall(text)):
        yield word.lower() if number == 0 or word == word.lower() else ""


def _by_script(text: str) -> str | None:
    """Return the language of the script of two letters in three, Latin names aside, or None."""
    scripts = Counter(name(c, "").partition(" ")[0] for c in _LATIN_NAME.sub("", text))
    foreign = {script: count for script, count in scripts.items() if script in _OF_SCRIPT}
    if sum(foreign.values()) <= 2 * scripts["LATIN"]:
        return None
    told = (code for code, telling in _TELLING.items() if re.search(telling, text.lower()))
    return next(told, _OF_SCRIPT[max(foreign, key=foreign.__getitem__)])


def _by_words(words: Sequence[str], *, has_case: bool) -> str | None:
    """Return the language with the highest score, the first of those that are alike, or None."""
    scores = {code: each.score(words, has_case=has_case) for code, each in _TABLE.items()}
    best = max(scores, key=scores.__getitem__)
    return best if scores[best] >= LEAST_SCORE else None
