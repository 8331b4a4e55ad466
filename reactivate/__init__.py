"""Bring lapsed customers back, as code. Plug-in authors import `reactivate.api`."""

__version__ = "0.1.0"
