"""Runtime expressions of workflow documents: `${ ... }`."""


def is_runtime_expression(text: str) -> bool:
    """Whether the text is one expression, as the specification's strict mode has it."""
    trimmed = text.strip()
    return trimmed.startswith("${") and trimmed.endswith("}")


def strip(text: str) -> str:
    """The source inside `${ ... }`; a text without them is the source itself."""
    trimmed = text.strip()
    return trimmed[2:-1].strip() if is_runtime_expression(trimmed) else trimmed
