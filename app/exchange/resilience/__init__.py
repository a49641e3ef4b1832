"""What keeps one department's trouble from becoming everybody's."""
