"""The page `/explore/<run>`: one selection, shown in linked views."""
