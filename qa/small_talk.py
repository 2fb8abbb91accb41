"""What is said to a program and asks nothing of the collection: greetings, thanks, "help"."""

from __future__ import annotations

import re

from qa.answer import Conversation

# Each line is one thing that is said; "(…)" may be left out. English, then German.
_SAID = r"""
hello|hi+|hey+|hiya|howdy|yo|greetings|good (?:morning|afternoon|evening|day|night)|morning|evening
how are you(?: doing| feeling)?|how(?: is|'s) it going|how do you do|what(?: is|'s) up|sup
nice to meet you|welcome|pleased to meet you
(?:many )?thanks(?: a lot| a million| so much| very much)?|thank you(?: so much| very much)?|thx|ty
cheers|much appreciated|i appreciate it|thanks for (?:your|the|that|this)(?: help| answer)?
(?:good)?bye|good bye|bye bye|see you(?: later| soon| tomorrow)?|see ya|farewell|take care|ciao
ok(?:ay)?|k|cool|great|nice|perfect|awesome|fine|excellent|wonderful|brilliant|super|alright
all right|got it|understood|i see|i understand|makes sense|good to know|no worries|no problem
yes|yeah|yep|no|nope|sure|right|good|well done|good (?:job|work|bot|answer)|that is all|that's all
wow|oh|ah|hm+|haha(?:ha)*|lol|interesting|sorry|please|never ?mind|forget it|stop|cancel|nothing
test(?:ing)?(?: test)*(?: 1 2 3| one two three)?|ping|this is (?:just |only )?a test|asdf|foo|bar
(?:please )?help(?: me)?(?: please)?|can you help(?: me)?|i need (?:some )?help|start|menu|begin
what can (?:i|we) (?:ask|do)(?: you)?(?: here)?|what can you (?:do|answer|tell me)
what do you (?:do|know)|what should i ask(?: you)?|how does (?:this|it) work|what is this
how (?:do|can) i use (?:this|it|you)|what are you for|what(?: is|'s) this(?: for| about)?
who are you|what are you|what(?: is|'s) your name|who (?:made|built|created|wrote) you
are you (?:a |an )?(?:bot|robot|human|person|ai|machine|program|real|there|ok|okay|chatgpt)
how old are you|where are you(?: from)?|do you (?:love|like|know|hear|understand) me|i love you
how(?: is|'s) the weather|what(?: is|'s) the weather(?: like)?|is it raining|will it rain
what time is it|what(?: is|'s) the time|what day is it|tell me (?:a joke|something|a story)
sing (?:me )?a song|knock knock|i(?: am|'m) bored
hallo|moin(?: moin)?|servus|guten (?:morgen|tag|abend)|gute nacht|gr(?:ü|ue)(?:ß|ss) (?:gott|dich)
danke(?: sch(?:ö|oe)n| dir| ihnen| sehr| vielmals)*|vielen dank|besten dank|tsch(?:ü|ue)ss|tschau
auf wiedersehen|bis (?:bald|dann|später|morgen)|alles klar|verstanden|ja|nein|gut|prima|toll
hilfe|hilf mir|(?:kannst du|können sie) mir helfen|was kannst du(?: tun| alles)?
was kann ich (?:dich |sie )?fragen|wer bist du|wer sind sie|wie hei(?:ß|ss)t du
wie geht(?: e)?'?s(?: dir| ihnen)?|wie ist das wetter|wird es regnen|bitte|mist|quatsch
"""
_BESIDE = (
    r"(?: (?:there|all|everyone|everybody|again|onrecord|bot|friend|team|folks|you|today|now|here|"
    r"tomorrow|outside|like|then|heute|morgen|zusammen|nochmal|bitte|please|so far))*"
)
_JOINED = r"(?: (?:and|but|well|so|und|then))?"
_ONE = "|".join(f"(?:{line.strip()})" for line in _SAID.split("\n") if line.strip())
_TALK = re.compile(rf"(?:{_ONE}){_BESIDE}(?:{_JOINED} (?:{_ONE}){_BESIDE}){{0,4}}")
_LONGEST = 80
# "Sure?" asks back whether that is so.
_ASKS_BACK = re.compile(
    r"(?:sure|right|yes|no|ok(?:ay)?|really|interesting)\W*\?\W*", re.IGNORECASE
)


def is_small_talk(question: str) -> bool:
    """Return whether nothing of a question asks anything of a collection of articles.

    It is so in all its words: "Help for flood victims?" and "Hello Kitty exhibition" ask.
    """
    said = question.strip()
    if len(said) > _LONGEST or _ASKS_BACK.fullmatch(said):
        return False
    plain = re.sub(r"[^\w']+|_", " ", said.casefold().replace("’", "'").replace("ß", "ss"))
    return _TALK.fullmatch(plain.strip()) is not None


def without_small_talk(conversation: Conversation) -> Conversation:
    """Return the turns that a follow-up may go on from."""
    return Conversation(tuple(t for t in conversation.turns if not is_small_talk(t.question)))
