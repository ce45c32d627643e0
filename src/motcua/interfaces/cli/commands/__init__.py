"""One module per command; each offers a click command or group named ``command``."""
