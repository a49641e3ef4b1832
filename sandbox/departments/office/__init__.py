"""What every department of the sandbox does alike: its counter, its books, its faults."""
