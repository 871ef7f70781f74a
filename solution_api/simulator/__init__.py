"""The world beyond the sandbox, played by whoever looks at the outbox; pure."""

from solution_api.simulator.acts import ACTS, Act, Post, Told, call_of, possible, post_of, told
from solution_api.simulator.call import Call, Line, followed
from solution_api.simulator.deed import Deed
from solution_api.simulator.records import Entry, Record, TicketThread, record, ticket

__all__ = [
    "ACTS",
    "Act",
    "Call",
    "Deed",
    "Entry",
    "Line",
    "Post",
    "Record",
    "TicketThread",
    "Told",
    "call_of",
    "followed",
    "possible",
    "post_of",
    "record",
    "ticket",
    "told",
]
