"""How the house speaks HTTP: bodies, pages in threads, proxies, headers, and answers where no view of ours stands."""
