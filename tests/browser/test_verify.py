"""The page that checks certificates, in a real browser without a network: each kind of code gets its one sentence."""
