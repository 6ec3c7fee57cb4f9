"""Features out of pictures, several figures into one, and the way between them as a film.

    reader = Reader.load()
    (reading,) = reader.read([picture])              # what the picture shows, as a spec
    spec = blend([(reading.spec, 2), (other, 1)])    # generator.blending
    film = morph(engine, [reading.spec, other])      # animated WEBP or GIF

Modules are imported by name; blending itself needs no torch.
"""
