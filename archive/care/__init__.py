"""An archive in; the same one checked, mended, copied, joined with another, made smaller, or freed of a page."""
