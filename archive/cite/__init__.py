"""An article in, a reference to it out: CSL-JSON, BibTeX, RIS, and sentences in the manner of APA and Chicago."""
