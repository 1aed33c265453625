"""What outlives the process: generations, keys and owed webhooks in a database, pictures in an object store."""
