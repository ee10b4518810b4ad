"""Which behaviour generation this image is; the image builder lays one of three such files over the common tree."""
GENERATION = "C"
