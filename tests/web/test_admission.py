"""Who may ask just now: limits of one user, of all, and at a stop."""

from __future__ import annotations

import math
import threading
from concurrent.futures import Future
from contextlib import ExitStack, suppress
from types import SimpleNamespace
from typing import Any

import pytest

from qa.conversations.store import LOCAL_USER
from qa.deadline import TooLateError
from qa.messages.say import speaking
from web import admission, buckets
from web.admission import ASKED_AT_ONCE, EACH_AT_ONCE, QUEUE, Admission, Cause, Refused
from web.identity import ANYBODY, AT_THIS_MACHINE, Visitor
from web.sender import key_of


class Clock:
    """Seconds that pass only when they are told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def asks(taken: Admission, key: str) -> None:
    """Ask a question that is answered at once."""
    with taken.admit(key) as ticket:
        ticket.start(lambda: None).result()
    while taken.running or taken.waiting:  # until the worker has said so
        pass


def refusal(taken: Admission, key: str = "ada") -> tuple[Cause, int]:
    with pytest.raises(Refused) as refused, taken.admit(key):
        pass
    return refused.value.cause, refused.value.seconds


def test_a_user_asks_five_at_once_and_then_one_every_six_seconds(clock: Clock) -> None:
    taken = Admission(10, clock=clock)
    for _ in range(5):
        asks(taken, "ada")
    assert refusal(taken) == (Cause.RATE, 6)
    clock.now += 4.5
    assert refusal(taken) == (Cause.RATE, 2)
    clock.now += 1.5
    asks(taken, "ada")
    assert refusal(taken) == (Cause.RATE, 6)
    clock.now += 60
    for _ in range(5):
        asks(taken, "ada")
    assert refusal(taken)[0] is Cause.RATE


def test_a_user_may_ask_ten_a_minute_for_an_hour(clock: Clock) -> None:
    taken = Admission(10, clock=clock)
    answered = 0
    while clock.now < 1000 + 3600:
        try:
            asks(taken, "ada")
            answered += 1
        except Refused:
            clock.now += 1
    assert answered == 604  # four at once before the first interval is over


def test_one_users_limit_is_no_other_users(clock: Clock) -> None:
    taken = Admission(10, clock=clock)
    for _ in range(5):
        asks(taken, "ada")
    assert refusal(taken)[0] is Cause.RATE
    asks(taken, "bob")


def test_what_is_refused_for_another_reason_counts_for_nobody(clock: Clock) -> None:
    taken = Admission(10, clock=clock)
    with taken.admit("ada"), taken.admit("ada"):
        for _ in range(20):
            assert refusal(taken)[0] is Cause.RUNNING
    for _ in range(5 - EACH_AT_ONCE):
        asks(taken, "ada")
    assert refusal(taken)[0] is Cause.RATE


def test_two_of_one_user_wait_or_are_worked_on(clock: Clock) -> None:
    taken = Admission(1000, clock=clock)
    with taken.admit("ada"):
        with taken.admit("ada"):
            assert refusal(taken) == (Cause.RUNNING, 5)
            with taken.admit("bob"):
                pass
        with taken.admit("ada"):
            pass


def test_the_queue_ends_even_where_answers_are_quick(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admission, "_FIRST_GUESS", 0.0)
    taken = Admission(clock=clock)
    with ExitStack() as held:
        for _ in range(QUEUE):
            held.enter_context(taken.admit(""))
        assert refusal(taken)[0] is Cause.QUEUE
        assert taken.waiting == QUEUE
    asks(taken, "")


def test_nobody_is_taken_who_would_wait_too_long(clock: Clock) -> None:
    taken = Admission(clock=clock)

    def slowly() -> None:
        clock.now += 2

    with ExitStack() as held:
        for _ in range(ASKED_AT_ONCE):
            held.enter_context(taken.admit(""))
        for _ in range(300):
            with taken.admit("") as ticket:
                ticket.start(slowly).result()
        # With two seconds an answer, each one that waits adds a second.
        for _ in range(int(admission.LONGEST_WAIT)):
            held.enter_context(taken.admit(""))
        assert refusal(taken)[0] is Cause.WAIT


def test_who_finds_no_place_is_told_to_come_back_one_after_the_other(clock: Clock) -> None:
    taken = Admission(clock=clock)
    each = admission._FIRST_GUESS / ASKED_AT_ONCE
    with ExitStack() as held:
        with suppress(Refused):
            while True:
                held.enter_context(taken.admit(""))
        seconds = [refusal(taken, "")[1] for _ in range(1000)]
        assert seconds[0] == 6  # five, and one place further than the first, whole seconds
        assert seconds == sorted(seconds)
        assert seconds[200] == math.ceil(5 + 201 * each)
        assert seconds[-1] == admission.LONGEST_RETRY
        clock.now += 3600
        assert refusal(taken, "")[1] == 5


def test_an_answer_while_nobody_waits_would_have_taken_longer(clock: Clock) -> None:
    taken = Admission(clock=clock)

    def take(seconds: float) -> None:
        clock.now += seconds

    for _ in range(200):
        with taken.admit("") as ticket:
            ticket.start(take, 2.0).result()
    assert taken._average == pytest.approx(2.0 * admission._CROWDED, rel=0.01)


def test_who_sits_at_this_machine_has_no_limit_but_the_queues(clock: Clock) -> None:
    taken = Admission(10, clock=clock)
    for _ in range(30):
        asks(taken, LOCAL_USER)
    with ExitStack() as held:
        for _ in range(10):
            held.enter_context(taken.admit(LOCAL_USER))


def test_without_a_limit_nobody_has_one(clock: Clock) -> None:
    taken = Admission(0, clock=clock)
    for _ in range(30):
        asks(taken, "ada")


def test_a_place_is_free_again_once_the_work_is_done_and_not_before(clock: Clock) -> None:
    taken = Admission(1000, clock=clock)
    release = threading.Event()
    futures: list[Future[bool]] = []
    for _ in range(EACH_AT_ONCE):
        with taken.admit("ada") as ticket:
            futures.append(ticket.start(release.wait))
            while not taken.running > len(futures) - 1:
                pass
    assert not taken.is_underway  # nobody waits for it
    assert taken.is_at_work
    assert refusal(taken)[0] is Cause.RUNNING
    release.set()
    for future in futures:
        future.result()
    asks(taken, "ada")


def test_what_nobody_waits_for_is_not_begun(clock: Clock) -> None:
    taken = Admission(clock=clock)
    release, begun = threading.Event(), threading.Event()
    for _ in range(ASKED_AT_ONCE):
        taken.admit("").start(release.wait)
    with taken.admit("") as ticket:
        ticket.start(begun.set)
    release.set()
    asks(taken, "")
    assert not begun.is_set()


def test_a_stop_refuses_everything(clock: Clock) -> None:
    taken = Admission(clock=clock)
    with taken.admit(""):
        taken.stop()
        assert refusal(taken, LOCAL_USER) == (Cause.STOPPING, 30)
        assert taken.is_underway
    assert not taken.is_underway


def test_each_refusal_is_told_by_its_cause(clock: Clock) -> None:
    told: list[Cause] = []
    taken = Admission(1, clock=clock, rejected=told.append)
    with taken.admit("ada"), taken.admit("ada"):
        refusal(taken)
    taken.stop()
    refusal(taken)
    assert told == [Cause.RUNNING, Cause.STOPPING]


def test_a_refusal_is_said_in_the_visitors_language(clock: Clock) -> None:
    taken = Admission(clock=clock)
    assert "Try again in 1 second." in str(taken.refuse(Cause.QUEUE, 0.2))
    assert "Many people" in str(taken.refuse(Cause.WAIT))
    with speaking("de"):
        assert "in 5 Sekunden" in str(taken.refuse(Cause.WAIT))


def test_users_who_asked_long_ago_are_forgotten(clock: Clock) -> None:
    kept = buckets.Buckets(10, 5, clock)
    for number in range(3000):
        kept.take(f"user {number}")
        clock.now += 1
    assert len(kept._full_at) < 20


def test_not_more_users_are_remembered_than_fit(clock: Clock) -> None:
    kept = buckets.Buckets(10, 5, clock)
    for number in range(buckets._MOST_REMEMBERED + 500):
        kept.take(f"user {number}")
    assert len(kept._full_at) == buckets._MOST_REMEMBERED


def request(visitor: Visitor | None, address: str | None = "192.0.2.7", **headers: str) -> Any:
    client = SimpleNamespace(host=address) if address else None
    return SimpleNamespace(state=SimpleNamespace(visitor=visitor), client=client, headers=headers)


@pytest.mark.parametrize(
    ("visitor", "address", "key"),
    [
        (AT_THIS_MACHINE, "127.0.0.1", LOCAL_USER),
        (Visitor("ada", frozenset()), "192.0.2.7", "ada"),
        (ANYBODY, "192.0.2.7", "address 192.0.2.7"),
        (ANYBODY, "::ffff:192.0.2.7", "address 192.0.2.7"),
        (ANYBODY, "2001:db8:1:2:3:4:5:6", "address 2001:db8:1:2::/64"),
        (ANYBODY, "2001:db8:1:2:ffff::1", "address 2001:db8:1:2::/64"),
        (None, "192.0.2.7", "address 192.0.2.7"),
        (ANYBODY, None, ""),
        (ANYBODY, "testclient", ""),
    ],
)
def test_by_what_users_are_told_apart(
    visitor: Visitor | None, address: str | None, key: str
) -> None:
    assert key_of(request(visitor, address)) == key


def test_a_header_that_anybody_can_send_makes_nobody_another() -> None:
    asked = request(ANYBODY, **{"x-forwarded-for": "198.51.100.9", "forwarded": "for=1.2.3.4"})
    assert key_of(asked) == "address 192.0.2.7"


def test_behind_a_proxy_strangers_are_one_address_and_are_not_counted(clock: Clock) -> None:
    taken = Admission(10, by_address=False, clock=clock)
    for _ in range(30):
        asks(taken, "address 192.0.2.7")
    for _ in range(5):
        asks(taken, "ada")
    assert refusal(taken)[0] is Cause.RATE


def test_a_question_is_charged_with_those_that_are_answered_before_it(clock: Clock) -> None:
    taken = Admission(10, clock=clock)
    with taken.admit("ada", cost=6) as ticket:
        ticket.start(lambda: None).result()
    assert refusal(taken) == (Cause.RATE, 12)  # six were taken of five: one is owed
    clock.now += 12
    asks(taken, "ada")
    assert refusal(taken)[0] is Cause.RATE


def test_a_costly_question_waits_until_all_of_it_fits(clock: Clock) -> None:
    taken = Admission(10, clock=clock)
    asks(taken, "ada")
    with pytest.raises(Refused) as refused, taken.admit("ada", cost=6):
        pass
    assert (refused.value.cause, refused.value.seconds) == (Cause.RATE, 6)
    asks(taken, "ada")  # an ordinary one still fits


@pytest.mark.parametrize("costs", [(6, 1), (1, 6), (6, 6)])
def test_a_costly_question_is_the_only_one_of_its_user(
    clock: Clock, costs: tuple[int, int]
) -> None:
    taken = Admission(1000, clock=clock)
    with taken.admit("ada", cost=costs[0]):
        with pytest.raises(Refused) as refused, taken.admit("ada", cost=costs[1]):
            pass
        assert refused.value.cause is Cause.RUNNING
        with taken.admit("bob", cost=costs[1]):
            pass


def test_what_costs_much_waits_by_its_cost_and_nobody_else_for_it(clock: Clock) -> None:
    taken = Admission(clock=clock)
    with ExitStack() as held:
        with suppress(Refused):
            while True:
                held.enter_context(taken.admit("", cost=6))
        costly = taken.waiting
        with suppress(Refused):
            while True:
                held.enter_context(taken.admit(""))
        ordinary = taken.waiting - costly
    assert 1 <= costly <= ordinary / 5
    with ExitStack() as held:
        with suppress(Refused):
            while True:
                held.enter_context(taken.admit(""))
        assert taken.waiting == ordinary


def test_what_cannot_be_answered_in_time_is_refused_at_once(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admission, "_FIRST_GUESS", admission.ANSWER_SECONDS / 6)
    taken = Admission(clock=clock)
    with taken.admit(""):  # alone it is tried
        pass
    with taken.admit(""), taken.admit(""):
        with pytest.raises(Refused) as refused, taken.admit("", cost=6):
            pass
        assert refused.value.cause is Cause.WAIT
        with taken.admit(""):
            pass


def test_costly_questions_leave_all_workers_to_the_others() -> None:
    taken, release = Admission(), threading.Event()
    with ExitStack() as held:
        costly = [held.enter_context(taken.admit("", cost=6)) for _ in range(3)]
        futures = [ticket.start(release.wait, 20) for ticket in costly]
        both = threading.Barrier(ASKED_AT_ONCE, timeout=20)
        ordinary = [held.enter_context(taken.admit("")) for _ in range(ASKED_AT_ONCE)]
        for future in [ticket.start(both.wait) for ticket in ordinary]:
            future.result(20)
        assert not any(future.done() for future in futures)
        release.set()
        assert all(future.result(20) for future in futures)


def test_a_costly_question_gives_way_to_others_at_each_look() -> None:
    taken, done = Admission(), [False]

    def work(ticket: admission.Ticket) -> bool:
        ticket.deadline.look()
        return done[0]

    with taken.admit("", cost=6) as costly:
        with taken.admit("") as waiting:
            future = costly.start(work, costly)
            with taken.admit("") as ticket:
                ticket.start(lambda: None).result(20)
            done[0] = True
            waiting.start(lambda: None).result(20)
        assert future.result(20)


def test_whose_page_is_gone_is_worked_for_no_more() -> None:
    taken = Admission()
    with (
        taken.admit("ada", session="one") as gone,
        taken.admit("ada", session="two") as there,
    ):
        taken.has_left("one")
        taken.has_left("never there")
        with pytest.raises(TooLateError):
            gone.deadline.look()
        with pytest.raises(TooLateError):
            gone.start(lambda: None).result(20)
        there.deadline.look()
    with pytest.raises(TooLateError):
        there.deadline.look()
    assert not taken._sessions
