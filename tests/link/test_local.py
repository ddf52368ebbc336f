"""Engine and client in one process: the same behaviour as over a socket."""

from __future__ import annotations

import pytest

from hmi.core.errors import LinkError
from hmi.link.local import pair
from hmi.link.messages import AnyMessage, Hello, Refused, Reply, Request
from hmi.link.server import BACKLOG_BOUND
from hmi.link.street import Link, Session, Street


class EchoStreet:
    """Answers every request with its own arguments."""

    def __init__(self) -> None:
        self.sessions: list[Session] = []
        self.gone: list[Session] = []
        self.answers = True

    def opened(self, session: Session) -> None:
        self.sessions.append(session)
        session.send(Refused("not really: a message sent on opening"))

    def received(self, session: Session, message: AnyMessage) -> None:
        assert isinstance(message, Request)
        if self.answers:
            session.send(Reply(message.number, True, message.verb, message.args))

    def closed(self, session: Session) -> None:
        self.gone.append(session)


def _as_street(street: Street) -> Street:
    return street


def _as_link(link: Link) -> Link:
    return link


def test_a_question_is_answered_and_other_messages_are_kept() -> None:
    street = EchoStreet()
    link = _as_link(pair(_as_street(street), Hello("", program="test")))
    assert street.sessions[0].hello.program == "test"
    reply = link.ask("status", tags=["a", "b"])
    assert reply == Reply(1, True, "status", {"tags": ["a", "b"]})
    assert [type(message) for message in link.receive()] == [Refused]
    assert link.receive() == []


def test_request_numbers_match_their_replies() -> None:
    link = pair(EchoStreet(), Hello(""))
    first, second = link.request("a"), link.request("b")
    replies = [message for message in link.wait(1.0) if isinstance(message, Reply)]
    assert [(reply.number, reply.text) for reply in replies] == [(first, "a"), (second, "b")]


def test_no_answer_is_a_link_error() -> None:
    street = EchoStreet()
    street.answers = False
    with pytest.raises(LinkError, match="did not answer"):
        pair(street, Hello("")).ask("status")


def test_what_a_slow_reader_leaves_is_counted_and_bounded() -> None:
    street = EchoStreet()
    link = pair(street, Hello(""))
    session = street.sessions[0]
    before = session.backlog
    session.send(Reply(1, True, "x" * 1000))
    assert session.backlog - before > 1000
    link.receive()
    assert session.backlog == 0
    piece = Reply(2, True, "x" * 1_000_000)
    for _ in range(BACKLOG_BOUND // 1_000_000 + 2):
        session.send(piece)
    assert street.gone == [session]


def test_after_the_engine_closed_all_is_handed_out_and_then_it_is_said() -> None:
    street = EchoStreet()
    link = pair(street, Hello(""))
    street.sessions[0].close("the engine was stopped")
    assert [type(message) for message in link.receive()] == [Refused, Refused]
    with pytest.raises(LinkError, match="the engine was stopped"):
        link.receive()
    with pytest.raises(LinkError, match="the engine was stopped"):
        link.send(Request(1, "status", {}))


def test_hanging_up_is_seen_once() -> None:
    street = EchoStreet()
    link = pair(street, Hello(""))
    link.close()
    link.close()
    assert street.gone == street.sessions


def test_a_client_may_only_ask() -> None:
    street = EchoStreet()
    link = pair(street, Hello(""))
    link.send(Reply(1, True))
    assert street.gone == street.sessions
