"""How a Nightdesk starts: its command line, what is prepared before the first request, and what keeps imports short."""
