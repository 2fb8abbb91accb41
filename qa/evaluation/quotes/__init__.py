"""Quotes and statements: true ones found and accepted, false ones refused."""
