"""One module per stage, each a pure function of (tables, settings, clock, seed).

Only `sync` (reading), `deliver` and `write_back` touch the world.
"""
