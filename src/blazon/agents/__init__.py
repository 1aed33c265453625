"""Blazon for agents: a server of the Model Context Protocol whose tools call the HTTP API. Needs the extra `mcp`."""
