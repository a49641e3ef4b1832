"""From PAdES B-B to B-LTA: a trusted time, and all that is needed to judge a signature offline."""
