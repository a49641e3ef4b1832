"""What surrounds the system in real life: departments, phones, tills. They speak HTTP only."""
