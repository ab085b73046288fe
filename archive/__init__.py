"""Article in; rows, hits, citations and exports out. Imports nothing else of ours."""
