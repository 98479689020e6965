"""What pages are made of: classes of the map, the tile grid, the catalogue of sentences."""
