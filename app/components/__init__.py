"""Pieces of pages: header, cards, tables and panels."""
