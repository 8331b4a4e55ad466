"""Normal forms of names, phones, e-mails, addresses and dates; placeholders. Tables are data files."""

from reactivate.normalise.records import contacts, normal_records, normalised

__all__ = ["contacts", "normal_records", "normalised"]
