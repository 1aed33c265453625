"""What a brief asks for: read from its words and its explicit fields, the same on every machine, without a network."""
