"""The columns of a profile, as `reactivate.contracts.profile_columns` lists them."""

from reactivate.contracts.profile_columns import COLUMNS, ProfileColumn

__all__ = ["COLUMNS", "ProfileColumn"]
