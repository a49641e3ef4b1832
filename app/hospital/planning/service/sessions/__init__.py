"""Sessions as a hospital wants them, against sessions as they stand."""
