"""The playground measured and checked: its speed, and every number that it shows."""
