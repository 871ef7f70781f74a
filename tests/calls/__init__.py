"""Calls of definitions over every protocol, each against a server on a real socket."""
