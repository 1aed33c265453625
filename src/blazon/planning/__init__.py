"""How many GPUs a load takes, what they cost and how long clients wait: arithmetic and a simulation, without a GPU."""
