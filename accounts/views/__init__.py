"""The pages under /settings/ and what /accounts/ needs beside allauth's own."""
