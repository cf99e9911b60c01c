"""How identifying the data is. So far only the invented city that the measures are tried on."""
