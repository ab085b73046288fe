"""Files of others in: saved pages, text dumps, WARC and WACZ files, tables; records in the archive out."""
