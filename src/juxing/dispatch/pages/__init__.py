"""Pages of dispatch: runs, tasks and rounds for desks; one's own tasks for helpers."""
