"""Is it a living head, here and now? Challenge, protocol, cues and their fusion."""
