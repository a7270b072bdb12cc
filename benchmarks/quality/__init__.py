"""Quality on tables: scores and fit seconds of chainrule and its peers on seventeen data sets."""
