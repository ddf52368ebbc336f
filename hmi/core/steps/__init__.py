"""Work instructions: the steps of one, and the pure machine that carries a job through them."""
