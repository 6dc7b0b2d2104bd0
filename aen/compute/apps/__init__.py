"""Programs of ours that run as the user, each an app by manifest."""
