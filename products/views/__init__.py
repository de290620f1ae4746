"""Pages of products and of processes."""
