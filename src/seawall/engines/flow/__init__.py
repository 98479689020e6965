"""How people pass a site: waiting, crowd, seats, slot sizes, staff and the door."""
