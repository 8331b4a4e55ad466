"""Settings classes of plug-ins, re-exported: the binder in `reactivate.spec` reads them too and lies below the host."""

from reactivate.contracts.settings import Name, Points, Share, Text, setting

__all__ = ["Name", "Points", "Share", "Text", "setting"]
