"""Case files with what is expected of them, and the runner that replays them."""
