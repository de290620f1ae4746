"""What people say of a check: that it is so, that it goes on without it; who agrees; which boxes that ticks."""
