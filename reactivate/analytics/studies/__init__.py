"""Studies: what a shop's orders say of all its customers together, as figures, tables and the series of a picture."""
