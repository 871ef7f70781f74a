"""Calls over gRPC, AsyncAPI's protocols, A2A and MCP, through the guarded egress."""

from activities.remote.remote import remote_activities

__all__ = ["remote_activities"]
