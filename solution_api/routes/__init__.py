"""The operations of the API, one module for each noun."""

from fastapi import APIRouter

from solution_api.routes import (
    approvals,
    catalog,
    cloud_events,
    codes,
    customers,
    definitions,
    deliveries,
    events,
    graphs,
    health,
    hooks,
    intents,
    outbox,
    runs,
    security_events,
    solutions,
)

__all__ = ["ROUTERS", "TAGS"]

ROUTERS: tuple[APIRouter, ...] = (
    definitions.router,
    solutions.router,
    intents.router,
    cloud_events.router,
    events.router,
    graphs.router,
    deliveries.router,
    runs.router,
    approvals.router,
    outbox.router,
    customers.router,
    hooks.router,
    security_events.router,
    catalog.router,
    codes.router,
    health.router,
)
"""In the order they are matched: addresses below a run come before the run itself."""

TAGS = (
    ("Definitions", "Check a document before it is kept."),
    ("Solutions", "Register versions, deploy them, pause and retire."),
    ("Intents", "Want something of a solution."),
    ("Events", "Tell what happened elsewhere."),
    ("Runs", "Find, follow and steer what runs."),
    ("Approvals", "What waits for a person."),
    ("Deliveries", "What went out, and what is in doubt."),
    ("Customers", "Whom runs are for, and what they agreed to."),
    ("Callbacks", "What providers tell, and people write."),
    ("Catalog", "What can be called, and by which rules."),
    ("Platform", "Health, and what codes mean."),
)
