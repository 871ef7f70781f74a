"""Reach phones through Twilio."""

from typing import Any

from experience_adapters.twilio.sms import TwilioSms
from experience_adapters.twilio.spec import SMS
from public_works.egress import Egress
from public_works.secrets import Vault
from public_works.settings import Settings
from symphainy.delivery import AdapterFactory

__all__ = ["ADAPTERS", "TwilioSms"]


class _Factory:
    spec = SMS

    def make(self, services: dict[type, Any]) -> TwilioSms:
        return TwilioSms(services[Settings], services[Egress], services[Vault])


ADAPTERS: tuple[AdapterFactory, ...] = (_Factory(),)
