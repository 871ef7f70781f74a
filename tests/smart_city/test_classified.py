"""Where data of a class turns up, and what a mask leaves of it."""

from symphainy.classified import carried, classes, mask, named, unmasked, values

SCHEMA = {
    "type": "object",
    "properties": {
        "iban": {"type": "string", "x-data-class": "bank"},
        "person": {"$ref": "#/$defs/person"},
        "limit": {"type": "number", "dataClass": ["bank", "money"]},
    },
    "$defs": {
        "person": {
            "properties": {"names": {"type": "array", "items": {"x-data-class": "pii"}}},
        }
    },
}
GIVEN = {"iban": "AT61 1904", "person": {"names": ["Ada", "Eva Huber"]}, "limit": 1200}


def test_a_schema_says_which_data_is_of_which_class() -> None:
    assert classes(SCHEMA) == {
        "/iban": ("bank",),
        "/limit": ("bank", "money"),
        "/person/names/*": ("pii",),
    }


def test_a_schema_that_refers_to_itself_ends() -> None:
    loop = {"$ref": "#/$defs/a", "$defs": {"a": {"properties": {"a": {"$ref": "#/$defs/a"}}}}}
    assert classes(loop) == {}


def test_values_turn_up_whole_and_within_texts() -> None:
    known = values(classes(SCHEMA), GIVEN)
    arguments = {"data": {"account": "AT61 1904", "n": 1200}, "text": "Dear Eva Huber, Ada?"}
    assert carried(arguments, known, {}) == {
        "/data/account#": ("bank",),
        "/data/n#": ("bank", "money"),
        "/text#5:14": ("pii",),
    }


def test_what_a_capability_says_of_itself_counts_too() -> None:
    said = {"/people/*/name": ("pii",)}
    arguments = {"people": [{"name": "Ada"}, {"age": 7}]}
    assert carried(arguments, {}, said) == {"/people/0/name#": ("pii",)}


def test_a_mask_leaves_the_rest_readable() -> None:
    arguments = {"text": "Dear Eva Huber, hello", "data": {"iban": "AT61", "a/b": [1, 2]}}
    places = ["/text#5:14", "/data/iban#", "/data/a~1b/1#"]
    masked = mask(arguments, places)
    assert masked == {
        "text": "Dear *********, hello",
        "data": {"iban": "***", "a/b": [1, "***"]},
    }
    assert mask(masked, places) == masked
    assert arguments["data"] == {"iban": "AT61", "a/b": [1, 2]}


def test_names_are_found_at_any_depth() -> None:
    arguments = {"pin": 1, "data": [{"pin": {"a": 1}}, {"pin": None}]}
    assert named(arguments, ["pin"]) == ["/pin#", "/data/0/pin#"]


def test_what_is_masked_is_of_no_class_any_more() -> None:
    carries = {"/a#": ("x",), "/b/c#": ("x",), "/d#1:2": ("x",), "/e#": ("x",)}
    assert unmasked(carries, ["/a#", "/b#", "/d#"]) == {"/e#": ("x",)}
