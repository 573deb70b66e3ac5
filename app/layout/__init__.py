"""Parts of the layout that several pages share."""
