"""Messages out of a queue and into one, bit by bit: files, deletions with a copy first, one sent anew."""
