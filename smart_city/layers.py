"""What platform, tenant and solution say together, and where each of it comes from."""

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from smart_city.bundle import Bundle, LayeredDocument, Problem, check, compile_bundle
from smart_city.documents import problem
from smart_city.verdict import Layer

__all__ = ["Layers", "documents", "effective", "misplaced", "placing", "problems"]

Layers = Mapping[Layer, Mapping[str, Any]]
"""What each layer says: its policies by name."""

_OF_ONE_SOLUTION = {
    "before": "tasks have their names in one solution; use `channels` or `capabilities`",
    "when": "its expression sees the data of one solution",
}
_OF_LAYERS_ABOVE = {"overridable": "no layer is more specific than a solution"}


def effective(layers: Layers) -> Bundle:
    """The policies that hold together; Invalid where one of them is none.

    A layer can only restrict: each policy of each layer has to be content, except that one that
    is `overridable` makes way for its namesake of the same kind in a more specific layer.
    """
    return _effective(json.dumps(layers, sort_keys=True))


@lru_cache(maxsize=1_000)
def _effective(layers: str) -> Bundle:
    return compile_bundle(documents(json.loads(layers)))


def placing(layers: Layers) -> Bundle | None:
    """The part of `effective` that looks at where a step goes; None where nothing does."""
    return _placing(json.dumps(layers, sort_keys=True))


@lru_cache(maxsize=1_000)
def _placing(layers: str) -> Bundle | None:
    said: Layers = json.loads(layers)
    kept = {one.id for one in effective(said).written if one.document.places}
    if not kept:
        return None
    return effective(
        {
            layer: {name: one for name, one in policies.items() if f"{layer}/{name}" in kept}
            for layer, policies in said.items()
        }
    )


def documents(layers: Layers) -> Iterator[LayeredDocument]:
    """Each policy with the layer it is of."""
    for layer, policies in layers.items():
        for name, document in policies.items():
            yield LayeredDocument(layer, name, document)


def problems(layer: Layer, policies: Mapping[str, Any]) -> list[Problem]:
    """Everything wrong with what a layer is to say; never raises."""
    given = list(documents({layer: policies}))
    return [*check(given), *(found for one in given for found in misplaced(one))]


def misplaced(one: LayeredDocument) -> Iterator[Problem]:
    """What a policy says that nobody would ask about in its layer."""
    nowhere = _OF_LAYERS_ABOVE if one.layer == "solution" else _OF_ONE_SOLUTION
    for name, why in nowhere.items():
        if isinstance(one.document, Mapping) and one.document.get(name) is not None:
            message = f"`{name}` cannot be said in the layer {one.layer}: {why}"
            yield problem("policy.value", one, message, (name,), f"Remove `{name}`.")
