"""What an interview is made of: one file a kind of block. `kinds` knows them all."""
