"""`Network`, the small object that people hold, and its inspection, description and progress."""
