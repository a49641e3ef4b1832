"""What medical insurance pays of a basket: pure arithmetic over rules and a catalogue in data."""
