"""The rush: many people want few places at one moment, and stand in line for them."""
