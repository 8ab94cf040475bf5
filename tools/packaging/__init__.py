"""Building what is deployed: layers, functions, the packaged template, and checks of all three."""
