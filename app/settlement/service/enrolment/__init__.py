"""Use cases of insurance offices: enrol people, credit their own accounts."""
