"""A language model that reads briefs instead of the rules, behind any server that speaks OpenAI's chat completions."""
