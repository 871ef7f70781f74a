"""What widgets on pages of clients need: tokens, their walls, the script itself."""

from solution_api.widgets.cors import WidgetCors
from solution_api.widgets.tokens import SCOPES, Scope, WidgetToken, WidgetTokens

__all__ = ["SCOPES", "Scope", "WidgetCors", "WidgetToken", "WidgetTokens"]
