"""Who may be written to: dated policy packs per country, and the hours allowed."""
