"""What every form says in which somebody writes down something about an MP."""

THEY_MAY_ASK = "The MP may ask to see what is written here."
