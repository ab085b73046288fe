"""Files of others in: unpacked, cut into WARC records, read, and made records of our own. In bounded memory."""
