"""A pharmacy's till: reads the code on a citizen's phone and asks the system who it is."""
