"""What a run remembers of the events it took has an end, however many there are."""

from symphainy.event import Bound, evaluator
from workflows.interpreter.inbox import REMEMBERED, Inbox, Mailbox


def test_a_run_remembers_the_newest_and_up_to_where_it_forgot() -> None:
    inbox = Inbox(lambda: evaluator(0.0))
    for seq in range(1, REMEMBERED + 11):
        inbox.take(seq)

    again = Inbox(lambda: evaluator(0.0))
    again.load(inbox.dump())
    assert (len(again.taken), again.taken[0], again.floor) == (REMEMBERED, 11, 10)


def test_a_run_that_took_few_carries_nothing_else() -> None:
    inbox = Inbox(lambda: evaluator(0.0))
    inbox.take(7)

    assert inbox.dump() == {"taken": [7]}


def test_a_task_remembers_what_the_hub_may_tell_again_and_no_more() -> None:
    mailbox = Mailbox([Bound()], [], 0)
    for seq in range(1, 3 * REMEMBERED):
        mailbox.told([(seq, {"type": "x"})], seq, more=False)
        assert mailbox.next() == (seq, {"type": "x"})
        mailbox.take(seq)

    mailbox.rewind()
    assert mailbox.taken == []
    assert len(mailbox._had) <= REMEMBERED
