"""The navila command, one module per verb."""
