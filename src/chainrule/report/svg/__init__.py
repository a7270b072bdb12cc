"""Charts as inline SVG, whose colours are those of the page's style; they compute nothing but places."""
