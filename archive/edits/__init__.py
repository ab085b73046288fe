"""Two texts of one article in; what changed out: sentence by sentence, by kind, and found again by kind."""
