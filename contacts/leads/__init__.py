"""What surrounds the council leads: the Leader's agreement, who knows the MP anyway, MPs nobody owns."""
