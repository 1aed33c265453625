"""LoRAs: from the files people share to changes of layers that a request may choose."""
