"""Planning: hospitals put on the list, their schedules taken in, planned ahead, and given back."""
