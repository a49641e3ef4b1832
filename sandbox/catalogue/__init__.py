"""The medical insurance bureau's catalogue as it is published: items that do not exist."""
