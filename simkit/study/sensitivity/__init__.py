"""What an answer hangs on: parameters and levers varied in the same worlds."""
