"""Who works at this window: signing in and out, and what that person may do."""
