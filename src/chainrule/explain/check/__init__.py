"""Gradients against derivatives that know no chain rule."""
