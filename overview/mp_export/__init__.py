"""Everything an authority holds about one MP, for the MP who asks or anybody under freedom of information."""
