"""Text columns that hold dates, times of day or spans: how they are spelled, never by a sample."""
