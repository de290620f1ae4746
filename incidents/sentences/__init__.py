"""What each kind of event says on the timeline."""
