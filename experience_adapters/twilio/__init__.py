"""Reach phones through Twilio."""

from typing import Any

from experience_adapters.twilio.sms import TwilioSms
from experience_adapters.twilio.spec import SMS
from experience_adapters.twilio.voice import TwilioVoice
from experience_adapters.twilio.voice_spec import VOICE
from public_works.egress import Egress
from public_works.secrets import Vault
from public_works.settings import Settings
from symphainy.catalog import AdapterSpec
from symphainy.delivery import Adapter, AdapterFactory

__all__ = ["ADAPTERS", "TwilioSms", "TwilioVoice"]


class _Factory:
    def __init__(self, kind: type[TwilioSms] | type[TwilioVoice], spec: AdapterSpec) -> None:
        self._kind = kind
        self.spec = spec

    def make(self, services: dict[type, Any]) -> Adapter[Any]:
        return self._kind(services[Settings], services[Egress], services[Vault])


ADAPTERS: tuple[AdapterFactory, ...] = (_Factory(TwilioSms, SMS), _Factory(TwilioVoice, VOICE))
"""The adapters of text messages and of phone calls for Twilio."""
