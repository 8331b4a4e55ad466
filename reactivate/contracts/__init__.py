"""What passes between stages: Arrow schemas with their checks, and the small values of the language."""
