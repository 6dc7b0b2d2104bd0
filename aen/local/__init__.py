"""One machine's installation: laid out below a prefix, run by supervisor."""
