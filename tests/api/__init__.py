"""The API, spoken to over a socket."""
