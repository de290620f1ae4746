"""What hands hints from the web to the workers: Redis or a worker's own memory, and how Celery listens to either."""
