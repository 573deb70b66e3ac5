"""Indexes of nearest states: searched in a process of their own, since native code reads them."""
