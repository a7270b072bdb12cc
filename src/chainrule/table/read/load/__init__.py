"""Each file format as the DuckDB table `raw`, in which columns have ids instead of names."""
