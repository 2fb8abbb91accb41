"""Notices that stand in an article's place, and news that only tells of such things."""

from __future__ import annotations

import pytest

from corpus.notices import MOST_WORDS, is_notice

NOTICES = {
    "scripts and blockers": "Please enable JS and disable any ad blocker",
    "app": "You need to enable JavaScript to run this app.",
    "scripts": (
        "Please enable JavaScript in your browser to go on reading this page, as it is turned off"
        " or your browser does not have it, and nothing can be shown."
    ),
    "human": (
        "Please turn off your ad-blocker to view this page. We need to make sure that you are a"
        " human being and nobody who copies our pages again and again."
    ),
    "check": "One moment. Checking your browser before you can go on. It takes five seconds.",
    "denied": "Access to this page has been denied. You don’t have permission to view it.",
    "cookies": (
        "We use cookies and similar means to make this site better for you, to show you"
        " advertisements and to count our visitors. By going on you agree to our use of cookies."
    ),
    "cookie choices": "This site uses cookies.\n\nAccept all\n\nReject all\n\nManage preferences",
    "login": (
        "Log in\n\nEnter your address and your password to log in and to read this article to its"
        " end. If you have no account yet, you can make one here."
    ),
    "subscribers": "Subscribe to continue reading. Already a subscriber? Log in here.",
}
NEWS = {
    "a language": "JavaScript is the most popular language for the third year, a survey found.",
    "advice": (
        "The bank told its customers to turn off JavaScript after the attack. It said that nobody"
        " had lost money. The police are looking for two men."
    ),
    "a law on cookies": (
        "Sites may no longer set cookies without consent, the court ruled. Cookies that count"
        " visitors fall under the law as well. The publishers said that they would appeal."
    ),
    "an advertisement blocker": "The browser will disable ad blockers from June, its maker said.",
    "a robot": "The robot can log in by itself, open the mail and read it aloud, its makers said.",
    "teaser": (
        "The council of Lund voted on Tuesday to close the old bridge for two years of repairs."
        " Subscribe to continue reading."
    ),
}


@pytest.mark.parametrize("text", NOTICES.values(), ids=NOTICES)
def test_a_notice_is_known(text: str) -> None:
    assert is_notice(text)


@pytest.mark.parametrize("text", NEWS.values(), ids=NEWS)
def test_news_of_such_things_is_no_notice(text: str) -> None:
    assert not is_notice(text)


def test_a_long_text_is_no_notice() -> None:
    sentence = NOTICES["app"]
    assert not is_notice(" ".join([sentence] * MOST_WORDS))
