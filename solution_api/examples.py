"""Examples that the OpenAPI document shows."""

from symphainy.json import Json

__all__ = [
    "CHECKED",
    "DEFINITION",
    "DELIVERY",
    "DIGEST",
    "DRAWN",
    "MESSAGE",
    "RUN",
    "TRACED",
    "VERSION",
    "WRITING",
    "WRITTEN",
]

DIGEST = "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

DEFINITION = """\
document: {dsl: 1.0.3, namespace: acme, name: welcome, version: 1.0.0, title: Welcome a customer}
intents:
  welcome: {starts: true, key: "${ .customer }"}
do:
  - greet: {set: {greeting: "${ \\"Welcome, \\" + .customer }"}}
"""

CHECKED: Json = {
    "valid": False,
    "problems": [
        {
            "code": "compile.unknown-function",
            "severity": "error",
            "pointer": "/do/0/greet/call",
            "line": 3,
            "column": 18,
            "message": "`emial` is neither an experience of this solution nor a capability",
            "fix": "Did you mean `email`?",
        }
    ],
    "graph": None,
    "mermaid": None,
    "promises": {},
    "policies": {},
}

DRAWN: dict[str, Json] = {
    "run": "acme.welcome:c-17",
    "graph": {
        "nodes": [
            {"id": "start", "name": "start", "kind": "start", "label": "start"},
            {"id": "/do/0/greet", "name": "greet", "kind": "set", "label": "set"},
            {"id": "end", "name": "end", "kind": "end", "label": "end"},
        ],
        "edges": [
            {"source": "start", "target": "/do/0/greet"},
            {"source": "/do/0/greet", "target": "end"},
        ],
    },
    "overlay": {"/do/0/greet": {"status": "done", "count": 1, "reason": None}},
    "mermaid": 'flowchart TD\n  n0(["start"])\n  n1["greet: set"]\n  n2(["end"])\n'
    "  n0 --> n1\n  n1 --> n2\n",
}

WRITING: Json = {
    "text": "document: {dsl: 1.0.3, namespace: acme, name: welcome, version: 1.0.0}\n"
    "do:\n  - greet: {ca",
    "line": 3,
    "column": 15,
}

WRITTEN: Json = {
    "completions": {
        "line": 3,
        "start": 13,
        "end": 15,
        "items": [
            {
                "label": "call",
                "kind": "key",
                "detail": "task",
                "documentation": "What is called: an experience, a capability, a function or a "
                "protocol.",
                "insert": "call: ",
            }
        ],
    },
    "hover": None,
}

VERSION: Json = {
    "solution": "acme.welcome",
    "version": "1.0.0",
    "title": "Welcome a customer",
    "digest": DIGEST,
    "plan": DIGEST,
    "state": "deployed",
    "stage": "approved",
    "environments": ["production"],
    "author": "ana",
    "created": "2026-11-02T09:30:00Z",
}

RUN: Json = {
    "run": "acme.welcome:c-17",
    "solution": "acme.welcome",
    "version": "1.0.0",
    "environment": "production",
    "status": "completed",
    "stage": None,
    "started": "2026-11-02T09:30:00Z",
    "closed": "2026-11-02T09:30:01Z",
    "output": {"greeting": "Welcome, c-17"},
    "problem": None,
    "retrying": [],
    "warnings": [],
}

TRACED: Json = {
    "tenant": "acme",
    "environment": "production",
    "run": "acme.welcome:c-17",
    "solution": "acme.welcome",
    "version": "1.0.0",
    "trace": None,
    "complete": True,
    "missing": [],
    "nodes": [
        {
            "id": "run:acme.welcome:c-17",
            "type": "run",
            "at": "2026-11-02T09:30:00Z",
            "ended": "2026-11-02T09:30:01Z",
            "about": {"solution": "acme.welcome", "version": "1.0.0", "status": "completed"},
        },
        {
            "id": "intent:0192f0c4-8f1a-7c3e-9f00-3d1c52f0aa10",
            "type": "intent",
            "at": "2026-11-02T09:30:00Z",
            "ended": None,
            "about": {"name": "welcome", "environment": "production", "verified": True},
        },
        {
            "id": "principal:ana",
            "type": "principal",
            "at": None,
            "ended": None,
            "about": {"kind": "user"},
        },
    ],
    "edges": [
        {
            "source": "principal:ana",
            "target": "intent:0192f0c4-8f1a-7c3e-9f00-3d1c52f0aa10",
            "type": "wanted",
        },
        {
            "source": "intent:0192f0c4-8f1a-7c3e-9f00-3d1c52f0aa10",
            "target": "run:acme.welcome:c-17",
            "type": "started",
        },
    ],
    "happened": [
        {"at": "2026-11-02T09:30:00Z", "what": "began", "node": "run:acme.welcome:c-17"},
        {"at": "2026-11-02T09:30:01Z", "what": "completed", "node": "run:acme.welcome:c-17"},
    ],
}

MESSAGE: Json = {
    "id": "0b2e6f0c9f1b4f0fa4f6d6c1f1f0a001",
    "delivery": "5f0c3c3e-6f3e-5d0e-9d53-0f6f2d1c7a11",
    "run": "acme.invoice-dunning:4711",
    "step": "/do/0/remind",
    "channel": "email",
    "experience": "email",
    "customer": "c-17",
    "to": "maria@example.com",
    "sender": "billing@acme.example",
    "subject": "Invoice 4711 is due",
    "at": "2026-11-02T09:30:00Z",
}

DELIVERY: Json = {
    "id": "5f0c3c3e-6f3e-5d0e-9d53-0f6f2d1c7a11",
    "solution": "acme.invoice-dunning",
    "run": "acme.invoice-dunning:4711",
    "step": "/do/0/remind",
    "channel": "email",
    "experience": "email",
    "adapter": "sandbox",
    "purpose": "transactional",
    "topic": None,
    "customer": "c-17",
    "state": "delivered",
    "reason": "delivered",
    "provider_id": "0b2e6f0c9f1b4f0fa4f6d6c1f1f0a001",
    "event": "delivered",
    "instead_of": None,
    "not_before": None,
    "expires": None,
    "gave": None,
    "attempt": 1,
    "created": "2026-11-02T09:30:00Z",
    "updated": "2026-11-02T09:30:00Z",
}
