"""Our own reading of a certificate's file: strict, short, and independent of any PDF library."""
