"""Cleaning again: captures in, records made anew out, compared with what there was before anything is written."""
