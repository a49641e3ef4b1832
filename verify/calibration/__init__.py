"""An operator's own pairs of photographs turned into thresholds, and what they can prove."""
