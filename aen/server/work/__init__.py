"""What a worker does: tasks that were asked for, and chores by the clock."""
