"""Drawings made on the server: colour scales, pictures of points, density lines, SVG."""
