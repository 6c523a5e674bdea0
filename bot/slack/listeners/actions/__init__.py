"""Buttons, menus and fields: one file for each kind."""
