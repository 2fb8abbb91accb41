"""Signing in: a proxy's word or an OpenID provider's, and what an embedding page hands over."""
