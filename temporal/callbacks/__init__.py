"""The way of a provider's callback from the API to the workers that know the provider."""

from temporal.callbacks.door import Callbacks
from temporal.callbacks.run import CallbackRun
from temporal.callbacks.wire import ACTIVITY, CALLBACK, Said, Seen

__all__ = ["ACTIVITY", "CALLBACK", "CallbackRun", "Callbacks", "Said", "Seen"]
