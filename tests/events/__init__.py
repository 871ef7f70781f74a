"""Events and the tasks that emit them and wait for them, on the real server."""
