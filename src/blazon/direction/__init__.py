"""Art direction: from a brief to designs. What is drawn, in which type, colour and layout, and why."""
