"""How Temporal is reached: client, converter, codec, interceptors, run control."""
