"""How well `diagnose` names what went wrong, whether its fixes work, and its false alarms."""
