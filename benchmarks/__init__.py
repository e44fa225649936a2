"""Speed and memory, side by side with what one would use instead; every table is made in one run on one machine."""
