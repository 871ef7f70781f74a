"""Care for who receives a message: what is looked at before anything may be sent."""

from activities.delivery.care.care import Care
from activities.delivery.care.links import Links, linked
from activities.delivery.care.redirect import redirected

__all__ = ["Care", "Links", "linked", "redirected"]
