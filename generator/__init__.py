"""Moemoji's picture maker: prompts become specs, specs become anime avatars."""
