"""Many unlike networks at once, against programs that batch them."""
