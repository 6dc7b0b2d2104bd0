"""Writing to people: the words, the message, the mail server, and how much."""
