"""Groups of settings that `config.Settings` is made of. Nothing here reads the environment."""
