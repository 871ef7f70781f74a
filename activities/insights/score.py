"""Score anything by a scorecard that explains itself."""

from pydantic import BaseModel, ConfigDict, Field

from activities.insights.models import MODELS
from activities.insights.scorecard import Score, Scorecard, scored
from symphainy.capability import Call, capability
from symphainy.catalog import Example
from symphainy.errors import Refused
from symphainy.json import Json

__all__ = ["Asked", "score"]


class Asked(BaseModel):
    """What to score, and by what."""

    model_config = ConfigDict(extra="forbid")

    features: dict[str, Json] = Field(description="What is known; objects may be nested.")
    model: str | None = Field(
        None, description="A built-in scorecard: payment-risk or lead-fit.", examples=list(MODELS)
    )
    scorecard: Scorecard | None = Field(None, description="A scorecard of one's own.")


@capability(
    "insights.score",
    effect="none",
    short=True,
    examples=(
        Example(
            title="The risk of an open invoice",
            takes={
                "model": "payment-risk",
                "features": {"daysOverdue": 35, "latePayments": 1, "monthsAsCustomer": 48},
            },
            gives={
                "score": 35,
                "band": "low",
                "base": 20,
                "reasons": [
                    {
                        "feature": "daysOverdue",
                        "points": 10,
                        "text": "more than two weeks overdue",
                    },
                    {"feature": "daysOverdue", "points": 10, "text": "more than a month overdue"},
                    {
                        "feature": "latePayments",
                        "points": 5,
                        "text": "has paid late within a year",
                    },
                    {
                        "feature": "monthsAsCustomer",
                        "points": -10,
                        "text": "a customer for three years or longer",
                    },
                ],
                "missing": ["brokenPromises", "openAmount", "openDispute", "directDebit"],
            },
        ),
        Example(
            title="A scorecard of one's own",
            takes={
                "features": {"cart": {"total": 80}, "country": "AT"},
                "scorecard": {
                    "base": 1,
                    "rules": [
                        {
                            "feature": "cart.total",
                            "op": "between",
                            "value": [50, 100],
                            "points": 2.5,
                            "reason": "a cart of middle size",
                        },
                        {
                            "feature": "country",
                            "op": "in",
                            "value": ["DE", "CH"],
                            "points": 1,
                            "reason": "next door",
                        },
                    ],
                    "bands": [{"from": 3, "label": "offer free shipping"}],
                },
            },
            gives={
                "score": 3.5,
                "band": "offer free shipping",
                "base": 1,
                "reasons": [
                    {"feature": "cart.total", "points": 2.5, "text": "a cart of middle size"}
                ],
                "missing": [],
            },
        ),
    ),
)
async def score(call: Call, asked: Asked) -> Score:
    """Score features by a scorecard, and say where every point comes from.

    The score is the base plus the points of every rule that applies; a rule whose feature is
    absent or null gives nothing and is named in `missing`. Numbers are compared with numbers and
    texts with texts (ISO dates sort as texts); comparing one with the other is refused
    (`score.rule`).

    Built-in scorecards, both from 0 to 100:

    - `payment-risk`: how likely an open invoice stays unpaid. Features: daysOverdue,
      latePayments (within a year), brokenPromises, openAmount, openDispute, monthsAsCustomer,
      directDebit. Bands: low, medium from 40, high from 70.
    - `lead-fit`: how well a lead fits and how keen it is. Features: employees, targetIndustry,
      decisionMaker, budget, visits (within 30 days), demoRequested, privateAddress.
      Bands: cold, warm from 35, hot from 65.
    """
    return scored(asked.features, _card(asked))


def _card(asked: Asked) -> Scorecard:
    if asked.scorecard is not None and asked.model is None:
        return asked.scorecard
    if asked.model is None or asked.scorecard is not None:
        raise Refused("score.model", "give either a model or a scorecard", pointer="/model")
    if asked.model not in MODELS:
        known = ", ".join(MODELS)
        raise Refused(
            "score.model", f"there is no model {asked.model!r}; there are {known}", pointer="/model"
        )
    return MODELS[asked.model]
