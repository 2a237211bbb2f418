"""The desk where alerts become cases: the adapter between the rooms of alerts and of statements."""
