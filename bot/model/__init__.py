"""Nouns: frozen dataclasses and enums. A value of these types cannot be wrong."""
