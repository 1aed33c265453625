"""Loading: from files to a pipeline on the device, as a memory plan says."""
