"""Text columns that hold numbers with signs of money, units, or separators of thousands."""
