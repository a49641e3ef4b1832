"""The medical insurance office: its file of who is insured where."""
