"""What files from outside are: their kinds, pictures, packages of office programs. Nothing in here knows of interviews."""
