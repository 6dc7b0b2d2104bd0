"""What the roles say to each other: routes, messages, tickets, clients."""
