"""HTTP: the holder's side and the terminal's side."""
