"""Insights: what data says about people and things."""

from activities.insights.score import score

__all__ = ["CAPABILITIES"]

CAPABILITIES = (score,)
