"""What the views draw that the server works out: colours, pictures, bars and matrices."""
