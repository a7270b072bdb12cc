"""Charts as inline SVG in the colours of the page; they compute nothing but places."""
