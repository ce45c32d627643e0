"""Signing in: password, passkey or OpenID Connect; a second factor for officials; who acts behind each request."""
