"""The parts of the Rocket.Chat stand-in; `../rocketchat` puts them together and does nothing else."""
