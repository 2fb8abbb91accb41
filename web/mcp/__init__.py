"""Tools for assistants that speak the Model Context Protocol (MCP), over the API's service."""
