"""Which names an expression may not use, and why."""

from difflib import get_close_matches

_ENVIRONMENT = "an expression sees nothing but its data; put the value in the input"
_INPUT = "an expression has one input, `.`"
_OUTPUT = "an expression has no output but its value"
_HALT = "an expression cannot stop the worker; use error"
_MODULES = "an expression cannot load modules"
_LOCAL = "local time depends on the worker; use gmtime and strftime, which are UTC"
_BESSEL = "Bessel functions come from the C library, whose last digits differ between workers"

REFUSED = {
    "env": _ENVIRONMENT,
    "input": _INPUT,
    "inputs": _INPUT,
    "input_filename": _INPUT,
    "input_line_number": _INPUT,
    "debug": _OUTPUT,
    "stderr": _OUTPUT,
    "halt": _HALT,
    "halt_error": _HALT,
    "import": _MODULES,
    "include": _MODULES,
    "modulemeta": _MODULES,
    "get_search_list": _MODULES,
    "get_jq_origin": _MODULES,
    "get_prog_origin": _MODULES,
    "get_jq_version": _MODULES,
    "builtins": "what is available does not belong into an expression's result",
    "localtime": _LOCAL,
    "strflocaltime": _LOCAL,
    **dict.fromkeys(("j0", "j1", "jn", "y0", "y1", "yn"), _BESSEL),
    "sh": "an expression never builds shell commands",
}


def refusal(name: str) -> str | None:
    """Why the name is refused, None when it is merely unknown."""
    if "::" in name:
        return _MODULES
    return REFUSED.get(name)


def hint(name: str, known: set[tuple[str, int]]) -> str:
    """The nearest known functions, with their number of arguments."""
    same = sorted(f"{n}/{a}" for n, a in known if n == name)
    if same:
        return "it takes another number of arguments: " + ", ".join(same)
    near = get_close_matches(name, sorted({n for n, _ in known}), 1)
    return f"did you mean {near[0]}?" if near else "see the list of functions"
