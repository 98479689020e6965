"""What a certificate says in the codes of the world: pure functions of a proof and a key."""
