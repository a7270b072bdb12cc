"""How well `diagnose` names what went wrong, whether its fixes work, and how often it cries wolf."""
