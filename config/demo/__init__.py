"""`./run demo`: a house with a past, made with the verbs that people use: chains verify, clocks are true."""
