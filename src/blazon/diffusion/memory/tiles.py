"""Decoding in tiles: less memory for a large picture, a little slower."""

from typing import Any

import structlog

from blazon.diffusion.memory.footprint import TILE_SIDE

log = structlog.get_logger(__name__)


def decode_in_tiles(vae: Any) -> None:
    """Let a VAE decode tiles of at most `TILE_SIDE` pixels that overlap, if it can."""
    if not hasattr(vae, "enable_tiling"):
        log.warning("this VAE cannot decode in tiles: large pictures may need more memory than planned", vae=type(vae))
        return
    vae.enable_tiling()
    if hasattr(vae, "tile_latent_min_size"):
        # As made, a tile is as large as the pictures of the training, and 1024 x 1024 would not be cut.
        vae.tile_sample_min_size = TILE_SIDE
        vae.tile_latent_min_size = TILE_SIDE // 2 ** (len(vae.config.block_out_channels) - 1)
