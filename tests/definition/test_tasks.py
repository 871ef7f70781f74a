"""Each kind of task is read into its own model; lists keep names and pointers."""

import pytest
from pydantic import ValidationError

from symphainy.definition import (
    CallTask,
    DoTask,
    EmitTask,
    ForkTask,
    ForTask,
    FunctionCall,
    HttpCall,
    ListenTask,
    RaiseTask,
    RunTask,
    SetTask,
    SwitchTask,
    TryTask,
    WaitTask,
)
from tests.definition.writing import accepted, codes

ALL = """\
do:
  - a/b: {call: http, with: {method: get, endpoint: "https://x.example/{id}"}, if: .go}
  - email: {call: email, with: {to: x}, then: end, metadata: {m: 1}}
  - do: {do: [{inner: {set: "${ . }"}}]}
  - emit: {emit: {event: {with: {type: t, custom: 1, data: null}}}}
  - for: {for: {in: .items}, while: .more, do: [{inner: {wait: PT1S}}]}
  - fork: {fork: {branches: [{one: {set: {a: 1}}}, {two: {set: {a: 2}}}]}}
  - listen: {listen: {to: {any: [], until: .done}}, foreach: {do: [{inner: {set: {a: 1}}}]}}
  - raise: {raise: {error: oops}}
  - run: {run: {workflow: {namespace: n, name: w, version: 1.0.0}, await: false}}
  - set: {set: {a: null}, export: {as: .}, timeout: {after: PT5M}}
  - switch: {switch: [{red: {when: .red, then: set}}, {otherwise: {then: exit}}]}
  - try: {try: [{inner: {call: fn}}], catch: {retry: gently, do: [{mend: {set: {a: 1}}}]}}
  - wait: {wait: {hours: 1, minutes: 30}}
"""


def test_twelve_keywords_make_twelve_kinds() -> None:
    items = accepted(ALL).do
    assert [(item.name, type(item.task), item.pointer) for item in items] == [
        ("a/b", HttpCall, "/do/0/a~1b"),
        ("email", FunctionCall, "/do/1/email"),
        ("do", DoTask, "/do/2/do"),
        ("emit", EmitTask, "/do/3/emit"),
        ("for", ForTask, "/do/4/for"),
        ("fork", ForkTask, "/do/5/fork"),
        ("listen", ListenTask, "/do/6/listen"),
        ("raise", RaiseTask, "/do/7/raise"),
        ("run", RunTask, "/do/8/run"),
        ("set", SetTask, "/do/9/set"),
        ("switch", SwitchTask, "/do/10/switch"),
        ("try", TryTask, "/do/11/try"),
        ("wait", WaitTask, "/do/12/wait"),
    ]
    assert isinstance(items[0].task, CallTask)
    assert isinstance(items[1].task, CallTask)


def test_tasks_in_tasks_know_where_they_are() -> None:
    tasks = {item.name: item.task for item in accepted(ALL).do}
    inner = [
        *tasks["do"].do,  # type: ignore[union-attr]
        *tasks["for"].do,  # type: ignore[union-attr]
        *tasks["fork"].fork.branches,  # type: ignore[union-attr]
        *tasks["listen"].foreach.do,  # type: ignore[union-attr]
        *tasks["try"].try_,  # type: ignore[union-attr]
        *tasks["try"].catch.do,  # type: ignore[union-attr]
    ]
    assert [(one.name, one.pointer) for one in inner] == [
        ("inner", "/do/2/do/do/0/inner"),
        ("inner", "/do/4/for/do/0/inner"),
        ("one", "/do/5/fork/fork/branches/0/one"),
        ("two", "/do/5/fork/fork/branches/1/two"),
        ("inner", "/do/6/listen/foreach/do/0/inner"),
        ("inner", "/do/11/try/try/0/inner"),
        ("mend", "/do/11/try/catch/do/0/mend"),
    ]


def test_expressions_stay_as_they_were_written() -> None:
    call, email, do = (item.task for item in accepted(ALL).do[:3])
    assert call.if_ == ".go"
    assert email.with_ == {"to": "x"}  # type: ignore[union-attr]
    assert do.do[0].task.set == "${ . }"  # type: ignore[union-attr]


def test_extension_attributes_of_events_are_kept() -> None:
    emit = accepted(ALL).do[3].task
    assert isinstance(emit, EmitTask)
    assert emit.emit.event.with_.attributes == {"type": "t", "custom": 1, "data": None}


def test_a_task_cannot_be_changed() -> None:
    task = accepted(ALL).do[9].task
    with pytest.raises(ValidationError):
        task.then = "end"


def test_functions_and_extensions_hold_tasks_too() -> None:
    body = """\
use:
  functions: {greet: {call: email, with: {a: 1}}}
  extensions:
    - log: {extend: all, before: [{send: {call: log}}]}
do: []
"""
    use = accepted(body).use
    assert use.functions["greet"].pointer == "/use/functions/greet"
    (extension,) = use.extensions
    before = extension["log"].before
    assert before is not None
    assert [(one.name, one.pointer) for one in before] == [
        ("send", "/use/extensions/0/log/before/0/send")
    ]


@pytest.mark.parametrize(
    ("task", "found"),
    [
        ("{a: {}}", ("task.unknown", "/do/0/a")),
        ("{a: {parallel: []}}", ("task.unknown", "/do/0/a")),
        ("{a: {call: x, set: {b: 1}}}", ("task.ambiguous", "/do/0/a")),
        ("{a: {try: [], do: [], catch: {}}}", ("task.ambiguous", "/do/0/a")),
        ("{a: null}", ("schema.type", "/do/0/a")),
        ("{call: x, with: {}}", ("task.item", "/do/0")),
        ("{}", ("task.item", "/do/0")),
        ("[]", ("task.item", "/do/0")),
        ('{"": {set: x}}', ("task.name", "/do/0/")),
        ('{"a\\nb": {set: x}}', ("task.name", "/do/0/a\nb")),
        ("{end: {set: x}}", ("task.reserved-name", "/do/0/end")),
        ("{a: {set: {}}}", ("schema.value", "/do/0/a/set")),
        ("{a: {do: {}}}", ("schema.type", "/do/0/a/do")),
        ("{a: {switch: []}}", ("schema.value", "/do/0/a/switch")),
        ("{a: {switch: [{b: {}}]}}", ("schema.required", "/do/0/a/switch/0/b")),
        (
            "{a: {switch: [{b: {then: end}}, {c: {then: end}}]}}",
            ("task.default-cases", "/do/0/a/switch"),
        ),
        (
            "{a: {run: {shell: {command: x}, container: {image: x}}}}",
            ("schema.exclusive", "/do/0/a/run"),
        ),
        ("{a: {listen: {to: {}}}}", ("schema.exclusive", "/do/0/a/listen/to")),
        (
            "{a: {listen: {to: {one: {with: {type: t}}, until: .x}}}}",
            ("schema.exclusive", "/do/0/a/listen/to"),
        ),
        (
            "{a: {listen: {to: {one: {with: {}}}}}}",
            ("schema.required", "/do/0/a/listen/to/one/with"),
        ),
        ("{a: {raise: {error: {type: t}}}}", ("schema.required", "/do/0/a/raise/error")),
        ("{a: {call: a2a, with: {method: tasks/get}}}", ("schema.required", "/do/0/a/with")),
        ("{a: {call: 3}}", ("schema.type", "/do/0/a/call")),
        ("{a: {wait: 3}}", ("schema.type", "/do/0/a/wait")),
        ("{a: {set: x, if: true}}", ("schema.type", "/do/0/a/if")),
        ("{a: {set: x, then: null}}", ("schema.type", "/do/0/a/then")),
        (
            "{a: {try: [], catch: {errors: {when: .x}}}}",
            ("schema.ignored-key", "/do/0/a/catch/errors/when"),
        ),
    ],
)
def test_a_task_that_is_none_is_refused_in_its_own_terms(task: str, found: tuple[str, str]) -> None:
    assert codes(f"do: [{task}]") == [found]
