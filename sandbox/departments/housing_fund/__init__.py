"""The housing fund: its accounts, in a database others may look at through one view."""
