"""Where clients speak: the HTTP API and the UI's host."""

from solution_api.app import create_app
from solution_api.serve import run
from solution_api.services import Services, open_services
from solution_api.tickets import Tickets

__all__ = ["Services", "Tickets", "create_app", "open_services", "run"]
