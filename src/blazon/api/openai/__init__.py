"""The images API of OpenAI, answered by Blazon: existing clients move by changing a URL."""
