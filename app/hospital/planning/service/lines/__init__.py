"""Files of a hospital as records: read a line at a time, bounded, checked."""
