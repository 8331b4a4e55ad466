"""The plug-in author's kit: one suite of checks for all six kinds, run by our own plug-ins and by strangers' alike.

    import pytest
    from reactivate.testing import Subject, conformance

    @pytest.mark.parametrize("check", conformance(Subject(MY_CHANNEL)), ids=str)
    def test_the_kit_finds_no_fault(check):
        check()

`reactivate plugins check NAME` runs the same.
"""

from reactivate.testing.conformance import conformance, plugin_checks
from reactivate.testing.subject import Check, Subject

__all__ = ["Check", "Subject", "conformance", "plugin_checks"]
