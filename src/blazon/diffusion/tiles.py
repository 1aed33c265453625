"""Decoding in tiles: less memory for a large picture, a little slower."""

from typing import Any

from blazon.diffusion.footprint import TILE_SIDE


def decode_in_tiles(vae: Any) -> None:
    """Let a VAE decode tiles of `TILE_SIDE` pixels that overlap."""
    vae.enable_tiling()
    # As made, a tile is as large as the pictures of the training, and 1024 x 1024 would not be cut.
    vae.tile_sample_min_size = TILE_SIDE
    vae.tile_latent_min_size = TILE_SIDE // 2 ** (len(vae.config.block_out_channels) - 1)
