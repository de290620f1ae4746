"""What people outside are told: messages of the process with their claims, what is owed, status updates."""
