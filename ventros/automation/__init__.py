"""What reaches out to contacts by itself: campaigns, sequences and broadcasts."""
