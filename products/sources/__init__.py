"""Where the texts of processes come from: an import, a release of Nightdesk, a folder of files."""
