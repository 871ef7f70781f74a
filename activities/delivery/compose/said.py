"""What a letter says, as JSON: for channels that carry data instead of words."""

from activities.delivery.compose.letter import PARTS, Letter, about, rendered
from public_works.customers import Customer
from symphainy.json import Json

__all__ = ["said"]


def said(letter: Letter, person: Customer | None) -> Json:
    """The `data` of the letter; where it has words too, these with the data and whom it is for."""
    words: dict[str, Json] = {
        part: text for part in PARTS if (text := rendered(letter, person, part)) is not None
    }
    data: Json = letter.arguments.get("data")
    if not words:
        return data
    return {**words, "customer": about(letter, person), "data": data}
