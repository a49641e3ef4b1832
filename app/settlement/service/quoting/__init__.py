"""What a purchase would cost whom: the basket priced, the person's standing, the quote."""
