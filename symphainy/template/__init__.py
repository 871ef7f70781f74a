"""Liquid templates that tenants write: bounded in work and size, without clock and files."""

from symphainy.template.compiled import Template, compile
from symphainy.template.errors import TemplateError

__all__ = ["Template", "TemplateError", "compile"]
