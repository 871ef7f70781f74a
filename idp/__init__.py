"""Where engineers start: command line, one-process launcher, scaffolds, simulation, MCP server."""
