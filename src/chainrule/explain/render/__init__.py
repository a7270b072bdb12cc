"""An explanation as text, LaTeX, MathML and JSON. Nothing here computes."""
